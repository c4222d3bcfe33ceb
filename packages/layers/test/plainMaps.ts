/** Convolutions and poolings of one map by plain loops, in float64: what feature networks are held against. */
import type { OfficialTensor } from '../src/index.js';

/** [H, W, C], float64. */
export interface PlainMap {
  readonly h: number;
  readonly w: number;
  readonly data: Float64Array;
}

/** relu(conv) from PyTorch's [O, I, k, k]. */
export function convolved({ h, w, data }: PlainMap, weight: OfficialTensor, bias: OfficialTensor, { stride = 1, padding = 1 } = {}): PlainMap {
  const [outs, ins, k] = weight.shape as [number, number, number, number];
  const [oh, ow] = [Math.floor((h + 2 * padding - k) / stride) + 1, Math.floor((w + 2 * padding - k) / stride) + 1];
  const out = new Float64Array(oh * ow * outs);
  for (let y = 0; y < oh; y++)
    for (let x = 0; x < ow; x++)
      for (let o = 0; o < outs; o++) {
        let sum = bias.data[o] as number;
        for (let u = 0; u < k; u++)
          for (let v = 0; v < k; v++) {
            const [row, column] = [y * stride - padding + u, x * stride - padding + v];
            if (row < 0 || row >= h || column < 0 || column >= w) continue;
            for (let i = 0; i < ins; i++) sum += (data[(row * w + column) * ins + i] as number) * (weight.data[((o * ins + i) * k + u) * k + v] as number);
          }
        out[(y * ow + x) * outs + o] = Math.max(0, sum);
      }
  return { h: oh, w: ow, data: out };
}

/** The largest of each window at stride 2. */
export function pooled({ h, w, data }: PlainMap, size = 2): PlainMap {
  const channels = data.length / (h * w);
  const [oh, ow] = [Math.floor((h - size) / 2) + 1, Math.floor((w - size) / 2) + 1];
  const out = Float64Array.from({ length: oh * ow * channels }, (_, k) => {
    const [y, x, c] = [2 * Math.floor(k / (ow * channels)), 2 * (Math.floor(k / channels) % ow), k % channels];
    const cells = Array.from({ length: size * size }, (__, i) => data[((y + Math.floor(i / size)) * w + x + (i % size)) * channels + c] as number);
    return Math.max(...cells);
  });
  return { h: oh, w: ow, data: out };
}

/** The largest difference, over the largest value. */
export function relativeError(got: ArrayLike<number>, { data }: PlainMap): number {
  if (got.length !== data.length) return Infinity;
  const largest = data.reduce((m, x) => Math.max(m, Math.abs(x)), 0);
  return data.reduce((m, x, i) => Math.max(m, Math.abs(x - (got[i] as number))), 0) / largest;
}
