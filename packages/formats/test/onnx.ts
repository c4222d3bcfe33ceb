/** What graphs are given, and what our networks make of it. */
import type { OfficialTensor } from '@munit/layers';
import type { Model } from '../src/model/types.js';
import { decode, encodeContent, translateInOnePiece } from './ours.js';

/** Values in [-1, 1), the same each time. */
export function noise(shape: readonly number[], seed: number): OfficialTensor {
  let state = seed;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  return { shape, data: Float32Array.from({ length: shape.reduce((n, d) => n * d, 1) }, next) };
}

/** Batch, height, width: square, odd, not square. */
export const sizes = [
  [1, 16, 16],
  [2, 23, 37],
  [3, 64, 18],
] as const;

/** image [N, C, H, W] of a -> image of b, by the layers. */
export async function translateWithLayers(model: Model, image: OfficialTensor, style: OfficialTensor): Promise<OfficialTensor> {
  if ('directions' in model.architecture) return translateInOnePiece(model, 'b', image, model.architecture.styleDim > 0 ? style : undefined);
  const content = await encodeContent(model, 'a', image);
  return decode(model, 'b', content, model.architecture.method === 'munit' ? style : undefined);
}
