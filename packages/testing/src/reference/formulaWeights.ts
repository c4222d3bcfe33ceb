/** Weights of networks too big to ship, by the formula of the reference files. */
import { ndArray, type NdArray, sizeOf } from '../arrays/ndArray.js';

/** The 32-bit finaliser of MurmurHash3. */
export function fmix32(value: number): number {
  let x = value >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/**
 * weight[i] = float32((2 u − 1) · bound) + offset with u = fmix32((i + seed · 0x9E3779B9) mod 2³²) / 2³²,
 * i the row-major index in PyTorch's layout.
 */
export function formulaWeights(count: number, seed: number, bound: number, offset = 0): Float32Array {
  const start = Math.imul(seed, 0x9e3779b9) >>> 0;
  return Float32Array.from({ length: count }, (_, i) => Math.fround((2 * (fmix32((i + start) >>> 0) / 2 ** 32) - 1) * bound) + offset);
}

/** One convolution of VGG16, in PyTorch's layout. */
export interface VggLayerWeights {
  /** `conv1_1` … `conv5_3`. */
  readonly name: string;
  /** [O, I, 3, 3] */
  readonly weight: NdArray;
  /** [O] */
  readonly bias: NdArray;
}

const vggChannels = [[64, 64], [128, 128], [256, 256, 256], [512, 512, 512], [512, 512, 512]] as const;

/** The 13 convolutions of the VGG16 that `train_munit_vgg` was run with; 59 MB. Layer j has the seeds 1000 + 2j and 1001 + 2j. */
export function vggFormulaWeights(): VggLayerWeights[] {
  const layers: VggLayerWeights[] = [];
  let inputs = 3;
  vggChannels.forEach((widths, block) => {
    widths.forEach((outputs, i) => {
      const j = layers.length;
      const shape = [outputs, inputs, 3, 3];
      layers.push({
        name: `conv${block + 1}_${i + 1}`,
        weight: ndArray(shape, formulaWeights(sizeOf(shape), 1000 + 2 * j, Math.sqrt(6 / (9 * inputs)))),
        bias: ndArray([outputs], formulaWeights(outputs, 1001 + 2 * j, 0.05)),
      });
      inputs = outputs;
    });
  });
  return layers;
}
