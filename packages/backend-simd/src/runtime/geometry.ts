/** Convolutions as the assembly reads them: records of integers, whose classes there have the same fields in the same order. */

/** Sizes of NHWC images and an HWIO filter, and how the window moves: `assembly/conv/geometry.ts`. */
export const geometryFields = [
  'samples', 'height', 'width', 'channels', 'kernelHeight', 'kernelWidth', 'outputs',
  'stride', 'padTop', 'padLeft', 'outHeight', 'outWidth', 'padMode', 'upY', 'upX',
] as const;

/** The same of a depthwise convolution, its filter [kh, kw, C, multiplier]: `assembly/conv/depthwise.ts`. */
export const depthwiseFields = [
  'samples', 'height', 'width', 'channels', 'multiplier', 'kernelHeight', 'kernelWidth',
  'strideY', 'strideX', 'dilationY', 'dilationX', 'padTop', 'padLeft', 'outHeight', 'outWidth',
] as const;

export type Geometry = Readonly<Record<(typeof geometryFields)[number], number>>;
export type DepthwiseGeometry = Readonly<Record<(typeof depthwiseFields)[number], number>>;

/** A function that writes such a record to `address`, for the next call that reads it. */
export function recordWriter<F extends string>(
  fields: readonly F[], buffer: () => ArrayBufferLike, address: number,
): (record: Readonly<Record<F, number>>) => void {
  let cells: Int32Array = new Int32Array(0);
  return (record) => {
    // Growing a memory that is not shared detaches its views.
    if (cells.length === 0) cells = new Int32Array(buffer(), address, fields.length);
    fields.forEach((field, i) => {
      cells[i] = record[field];
    });
  };
}
