/**
 * The triangle filter's weights for one axis, as Pillow computes them (`Resample.c`, Pillow ≥ 2.7):
 *
 *     scale   = in / out,   filterScale = max(scale, 1),   support = filterScale
 *     centre  = (i + ½) scale
 *     w_j     = max(0, 1 - |j + ½ - centre| / filterScale),   normalised to sum 1
 *     k_j     = trunc(w_j · 2^22 + ½)
 *
 * Float64 throughout, in Pillow's order of operations, so that the integers are the same.
 */
export interface AxisWeights {
  /** Number of weights kept per output position. */
  readonly size: number;
  /** First input index of each output position. */
  readonly first: Int32Array;
  /** How many inputs each output position reads. */
  readonly count: Int32Array;
  /** Fixed-point weights, `size` per output position. */
  readonly weights: Int32Array;
}

/** 32 bits less 8 for the pixel and 2 for sums above 255 and below 0. */
export const precisionBits = 22;

/** The weights that resize an axis of `inputSize` pixels to `outputSize`. */
export function bilinearWeights(inputSize: number, outputSize: number): AxisWeights {
  const scale = inputSize / outputSize;
  const filterScale = Math.max(scale, 1);
  const support = filterScale;
  const size = Math.ceil(support) * 2 + 1;
  const inverse = 1 / filterScale;
  const first = new Int32Array(outputSize);
  const count = new Int32Array(outputSize);
  const weights = new Int32Array(outputSize * size);
  const exact = new Float64Array(size);
  for (let i = 0; i < outputSize; i++) {
    const centre = (i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - support + 0.5));
    const length = Math.min(inputSize, Math.trunc(centre + support + 0.5)) - start;
    let sum = 0;
    for (let j = 0; j < length; j++) {
      const distance = Math.abs((j + start - centre + 0.5) * inverse);
      const weight = distance < 1 ? 1 - distance : 0;
      exact[j] = weight;
      sum += weight;
    }
    for (let j = 0; j < length; j++) {
      const weight = sum === 0 ? exact[j]! : exact[j]! / sum;
      weights[i * size + j] = Math.trunc(0.5 + weight * (1 << precisionBits));
    }
    first[i] = start;
    count[i] = length;
  }
  return { size, first, count, weights };
}
