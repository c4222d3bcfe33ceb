/** Everything about one convolution but its tensors. */
import { GEOMETRY, record } from '../runtime/records';

/** The host writes it, field by field in this order: `src/runtime/geometry.ts`. Images are NHWC, filters HWIO. */
@unmanaged
export class Geometry {
  samples: i32;
  height: i32;
  width: i32;
  channels: i32;
  kernelHeight: i32;
  kernelWidth: i32;
  outputs: i32;
  stride: i32;
  padTop: i32;
  padLeft: i32;
  outHeight: i32;
  outWidth: i32;
  /** PAD_ZERO, PAD_REFLECT or PAD_REPLICATE. */
  padMode: i32;
  /** Times that each row and each column is repeated before the convolution. */
  upY: i32;
  upX: i32;
  /** Which algorithm computes it: chosen by `plan` (dispatch.ts) for one pass. Not the host's. */
  algorithm: i32;

  /** Cells of the padded, upsampled axes that windows read. */
  // @ts-ignore: decorator
  @inline
  rowsRead(): i32 {
    return (this.outHeight - 1) * this.stride + this.kernelHeight;
  }

  // @ts-ignore: decorator
  @inline
  colsRead(): i32 {
    return (this.outWidth - 1) * this.stride + this.kernelWidth;
  }

  /** Bytes of one image of x and of y. */
  // @ts-ignore: decorator
  @inline
  imageBytes(): usize {
    return <usize>(this.height * this.width * this.channels) << 2;
  }

  // @ts-ignore: decorator
  @inline
  outImageBytes(): usize {
    return <usize>(this.outHeight * this.outWidth * this.outputs) << 2;
  }
}

/** The convolution that the host has described. */
// @ts-ignore: decorator
@inline
export function geometry(): Geometry {
  return record<Geometry>(GEOMETRY);
}

/** For the host: where it writes the geometry. */
export function geometryAddress(): usize {
  return GEOMETRY;
}
