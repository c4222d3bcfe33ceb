/** Tensors in PyTorch's layouts and ours, by plain arrays. */
import { ArgumentError } from '@munit/core';

/** A tensor outside any device, row-major, in PyTorch's layout. */
export interface OfficialTensor {
  /** Lengths of the axes, as PyTorch orders them: [out, in, KH, KW] of a convolution, [out, in] of a dense layer; empty for a scalar. */
  readonly shape: readonly number[];
  /** The values, the last axis fastest: as many as the product of `shape`. */
  readonly data: Float32Array;
}

/**
 * How a parameter lies in PyTorch and here: `conv` OIHW and HWIO, `dense` [out, in] and [in, out], `plain` alike.
 * A gradient lies as its parameter does.
 */
export type Layout = 'conv' | 'dense' | 'plain';

const toOurs = { conv: [2, 3, 1, 0], dense: [1, 0] } as const;
const toTheirs = { conv: [3, 2, 0, 1], dense: [1, 0] } as const;

/** PyTorch's layout to ours; always a copy. */
export const fromOfficialLayout = (layout: Layout, tensor: OfficialTensor): OfficialTensor =>
  layout === 'plain' ? copy(tensor) : transpose(tensor, toOurs[layout]);

/** Our layout to PyTorch's; always a copy. */
export const toOfficialLayout = (layout: Layout, tensor: OfficialTensor): OfficialTensor =>
  layout === 'plain' ? copy(tensor) : transpose(tensor, toTheirs[layout]);

/** The shape in PyTorch of a parameter of ours. */
export const officialShape = (layout: Layout, shape: readonly number[]): number[] =>
  layout === 'plain' ? [...shape] : toTheirs[layout].map((axis) => shape[axis] as number);

/** Images [N, C, H, W] to [N, H, W, C]; other ranks as they are. */
export const fromOfficialActivation = (tensor: OfficialTensor): OfficialTensor =>
  tensor.shape.length === 4 ? transpose(tensor, [0, 2, 3, 1]) : tensor;

/** Images [N, H, W, C] to [N, C, H, W]; other ranks as they are. */
export const toOfficialActivation = (tensor: OfficialTensor): OfficialTensor =>
  tensor.shape.length === 4 ? transpose(tensor, [0, 3, 1, 2]) : tensor;

const copy = ({ shape, data }: OfficialTensor): OfficialTensor => ({ shape: [...shape], data: data.slice() });

/** out[i₀, i₁, …] with axis k of the result being axis order[k] of `tensor`. */
function transpose({ shape, data }: OfficialTensor, order: readonly number[]): OfficialTensor {
  if (shape.length !== order.length) {
    throw new ArgumentError(`A tensor of ${order.length} axes was expected, but its shape is [${shape.join(', ')}].`);
  }
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, n) => product * n, 1));
  const outShape = order.map((axis) => shape[axis] as number);
  const outStrides = order.map((axis) => strides[axis] as number);
  const out = new Float32Array(data.length);
  const index = outShape.map(() => 0);
  let from = 0;
  for (let to = 0; to < out.length; to++) {
    out[to] = data[from] as number;
    for (let axis = index.length - 1; axis >= 0; axis--) {
      from += outStrides[axis] as number;
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (outShape[axis] as number)) break;
      from -= (outStrides[axis] as number) * (outShape[axis] as number);
      index[axis] = 0;
    }
  }
  return { shape: outShape, data: out };
}
