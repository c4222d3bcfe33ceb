/** One convolution, described once for the assembly: `assembly/conv/geometry.ts` reads the same fields in the same order. */

/** Sizes of NHWC images and an HWIO filter, and how the window moves. */
export const geometryFields = [
  'samples', 'height', 'width', 'channels', 'kernelHeight', 'kernelWidth', 'outputs',
  'stride', 'padTop', 'padLeft', 'outHeight', 'outWidth', 'padMode', 'upY', 'upX',
] as const;

export type Geometry = Readonly<Record<(typeof geometryFields)[number], number>>;

/** A function that writes a geometry to `address`, for the next call of a convolution. */
export function geometryWriter(buffer: () => ArrayBufferLike, address: number): (geometry: Geometry) => void {
  let cells: Int32Array = new Int32Array(0);
  return (geometry) => {
    // Growing a memory that is not shared detaches its views.
    if (cells.length === 0) cells = new Int32Array(buffer(), address, geometryFields.length);
    geometryFields.forEach((field, i) => {
      cells[i] = geometry[field];
    });
  };
}
