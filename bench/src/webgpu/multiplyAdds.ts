/** How many multiply-adds the convolutions of the published generator take, for one image. */
import type { Item } from '../materials/items.js';

export interface MultiplyAdds {
  /** Every output by the kernel as it is: what onnxruntime does. */
  readonly direct: number;
  /** Upsampled convolutions in phases of fewer taps, and their mirrored ring by the kernel itself: what munit's WebGPU programs do. */
  readonly phases: number;
}

/** Of a translation: the content encoder and the decoder, without the style's small dense layers. */
export function translationMultiplyAdds({ size, config }: Pick<Item, 'size' | 'config'>): MultiplyAdds {
  const { dim, n_downsample: downsamplings, n_res: blocks } = config.gen;
  const small = size / 2 ** downsamplings;
  const wide = dim * 2 ** downsamplings;
  let shared = 2 * convolution(size, 7, 3, dim);
  for (let i = 0; i < downsamplings; i++) shared += convolution(size / 2 ** (i + 1), 4, dim * 2 ** i, dim * 2 ** (i + 1));
  // Two convolutions a block, in the encoder and in the decoder.
  shared += 2 * blocks * 2 * convolution(small, 3, wide, wide);
  let [direct, phases] = [shared, shared];
  for (let i = 0; i < downsamplings; i++) {
    const [side, channels] = [small * 2 ** (i + 1), wide / 2 ** i];
    direct += convolution(side, 5, channels, channels / 2);
    phases += convolution(side, 3, channels, channels / 2) + (4 * side - 4) * 25 * channels * (channels / 2);
  }
  return { direct, phases };
}

const convolution = (side: number, kernel: number, channels: number, outputs: number): number => side ** 2 * kernel ** 2 * channels * outputs;
