import { engine } from '@tensorflow/tfjs-core';
import { randomArray } from '@munit/testing';
import { onEachDevice } from '@munit/testing/contract';
import { beforeAll, describe, expect, test } from 'vitest';
import { adapter } from '../../../../test/contract.js';
import { openDevice } from '../../index.js';
import { readTensor } from '../../readTensor.js';
import { type Tensor, tensor } from '../../../tfjs.js';
import type { GpuBackend } from '../kernels.js';
import { chooseTile, type Tile, tiledProductCode, tileKey } from './tiledProduct.js';
import { buffer } from './wgsl.js';

/** Not multiples of any tile, and more than one of each but the widest. */
const [M, N, K] = [75, 71, 21];

/** C = A B of matrices that are there, A as [M, K] or turned to [K, M]. */
const matrices = (along: 'k' | 'm'): string => `
${buffer(0, 'a', 1)}
${buffer(1, 'b', 1)}
${buffer(2, 'c', 1, 'read_write')}
struct Row { m: i32 }
fn rowOf(m: i32, layer: i32) -> Row { return Row(m); }
fn valueOfA(m: i32, k: i32) -> f32 { if (m >= ${M} || k >= ${K}) { return 0.0; } return a[m * ${K} + k]; }
fn loadA(row: Row, k: i32) -> vec4f {
  var four = vec4f();
  for (var e = 0; e < 4; e++) { four[e] = ${along === 'k' ? 'valueOfA(row.m, k + e)' : 'valueOfA(row.m + e, k)'}; }
  return four;
}
fn loadB(k: i32, n: i32, layer: i32) -> vec4f {
  var four = vec4f();
  for (var e = 0; e < 4; e++) { if (k < ${K} && n + e < ${N}) { four[e] = b[k * ${N} + n + e]; } }
  return four;
}
fn firstK(layer: i32) -> i32 { return 0; }
fn endK(layer: i32) -> i32 { return ${K}; }
fn store(m: i32, n: i32, layer: i32, value: vec4f) {
  for (var e = 0; e < 4; e++) { if (m < ${M} && n + e < ${N}) { c[m * ${N} + n + e] = value[e]; } }
}`;

describe('chooseTile', () => {
  test.each([
    [4096, 256, 1, '64x64x8/8'],
    [65536, 64, 1, '64x64x8/8'],
    [1024, 256, 1, '32x32x8/4'],
    [65536, 3, 1, '128x4x8/2'],
    [65536, 8, 1, '128x8x8/4'],
    [4096, 16, 4, '128x16x8/4'],
    [65536, 32, 1, '64x32x8/4'],
    [64, 8, 1, '32x8x8/1'],
  ])('%i × %i, %i times', (m, n, count, expected) => {
    expect(tileKey(chooseTile(m, n, count))).toBe(expected);
  });
});

const tiles: readonly (readonly [Tile, 'k' | 'm'])[] = [
  [chooseTile(65536, 64, 1), 'k'],
  [chooseTile(65536, 64, 1), 'm'],
  [chooseTile(1024, 64, 1), 'm'],
  [chooseTile(65536, 4, 1), 'm'],
];

const webgpu = { name: 'webgpu-node', tinyOnly: true, open: async () => void (await openDevice('webgpu')) };
await onEachDevice({ adapter, devices: [webgpu] }, 'tiled products', () => () => {
  const values = (shape: readonly number[], seed: number): Float32Array => Float32Array.from(randomArray(shape, { seed }).data);
  const [a, b] = [values([M, K], 1), values([K, N], 2)];
  const truth = Float64Array.from({ length: M * N }, (_, at) => {
    let sum = 0;
    for (let k = 0; k < K; k++) sum += (a[Math.floor(at / N) * K + k] as number) * (b[k * N + (at % N)] as number);
    return sum;
  });
  let [left, right]: Tensor[] = [];
  beforeAll(() => {
    left = tensor(a, [M, K]);
    right = tensor(b, [K, N]);
  });

  test.each(tiles.map(([tile, along]) => ({ name: tileKey(tile), along, tile })))('$name, vectors along $along', async ({ tile, along }) => {
    const { gpu } = engine().backend as unknown as GpuBackend;
    const c = gpu.allocate([M, N]);
    const program = { key: `test ${along} ${tileKey(tile)}`, code: () => tiledProductCode({ tile, along, declarations: matrices(along) }) };
    const given = [left, right].map((t) => ({ dataId: (t as Tensor).dataId, shape: (t as Tensor).shape, dtype: 'float32' as const }));
    gpu.run(program, [...given, c], [], [Math.ceil(M / tile.m), Math.ceil(N / tile.n), 1]);
    const result = engine().makeTensorFromTensorInfo(c);
    const found = await readTensor(result);
    result.dispose();
    expect(Math.max(...found.map((value, i) => Math.abs(value - (truth[i] as number))))).toBeLessThan(1e-5);
  });
});
