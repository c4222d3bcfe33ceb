/** The pairs of lpips_real.safetensors: by the published code, with torchvision's real weights. No module of Node: pages read it too. */
import { type Safetensors, tensor, type Tensor4D } from '@munit/core';

/** Bytes of two images of one size, and their distances: `lpips_alex_v0.1`, `lpips_alex_v0.1_layers`, `perceptual_relu5_3`, … */
export interface RealPair {
  readonly shape: readonly [height: number, width: number, channels: number];
  readonly x: Uint8Array;
  readonly y: Uint8Array;
  readonly expected: Readonly<Record<string, number | readonly number[]>>;
}

export function realPairs(file: Safetensors): RealPair[] {
  const expected = JSON.parse(file.metadata.get('expected') as string) as RealPair['expected'][];
  return expected.map((values, i) => {
    const [x, y] = [file.tensors.get(`pair${i}/x`), file.tensors.get(`pair${i}/y`)];
    if (x === undefined || y === undefined) throw new Error(`The reference file has no pair ${i}.`);
    return { shape: x.shape as RealPair['shape'], x: x.bytes, y: y.bytes, expected: values };
  });
}

/** An image's bytes, as LPIPS takes them: [1, H, W, 3] in [−1, 1]. */
export const imageOf = (bytes: Uint8Array, shape: RealPair['shape']): Tensor4D => tensor(Float32Array.from(bytes, (byte) => byte / 127.5 - 1), [1, ...shape]);

/** The largest difference of LPIPS, total or of a layer, from what a pair expects. */
export function largestError({ expected }: RealPair, key: string, got: { readonly total: number; readonly layers: readonly number[] }): number {
  const layers = expected[`${key}_layers`] as readonly number[];
  return Math.max(Math.abs(got.total - (expected[key] as number)), ...layers.map((value, l) => Math.abs(value - (got.layers[l] as number))));
}
