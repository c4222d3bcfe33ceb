import { engine } from '@tensorflow/tfjs-core';
import { randomArray } from '@munit/testing';
import { onEachDevice } from '@munit/testing/contract';
import { beforeAll, describe, expect, test } from 'vitest';
import { openDevice } from '../../devices/devices.js';
import { readTensor } from '../../devices/readTensor.js';
import { type Tensor, tensor } from '../../tfjs.js';
import type { GpuBackend } from '../../devices/webgpu/registerKernels.js';
import { chooseTile, type PartProduct, type RunProduct, type Tile, tiledProductCode } from './tiledProduct.js';
import { buffer } from '../wgsl.js';

/** Not multiples of any tile, and more than one of each but the widest. */
const [M, N, K] = [75, 71, 21];

/** C = A B of matrices that are there: B as [K, N] or turned to [N, K], k in runs of which vectors read beyond the end, or all at once. */
function matrices(over: RunProduct | PartProduct, each: number): string {
  const turned = over.kind === 'runs' && over.columns;
  const reads =
    over.kind === 'runs'
      ? `fn placeOf(row: Row, run: i32) -> i32 { return row.m * ${K} + run * ${each}; }
fn matrixOf(run: i32, layer: i32) -> i32 { return run; }
fn loadA(row: Row, place: i32, run: i32, at: i32) -> vec4f {
  var four = vec4f();
  for (var e = 0; e < 4; e++) { if (row.m < ${M} && at + e < ${each}) { four[e] = a[place + at + e]; } }
  return four;
}
fn loadB(matrix: i32, at: i32, n: i32) -> vec4f {
  var four = vec4f();
  for (var e = 0; e < 4; e++) { four[e] = ${turned ? 'valueOfB(matrix, at + e, n)' : 'valueOfB(matrix, at, n + e)'}; }
  return four;
}
fn valueOfB(run: i32, at: i32, n: i32) -> f32 {
  if (at >= ${each} || n >= ${N}) { return 0.0; }
  let k = run * ${each} + at;
  return b[${turned ? `n * ${K} + k` : `k * ${N} + n`}];
}`
      : `fn firstK(layer: i32) -> i32 { return 0; }
fn endK(layer: i32) -> i32 { return ${K}; }
fn loadA(row: Row, k: i32) -> vec4f {
  var four = vec4f();
  for (var e = 0; e < 4; e++) { if (row.m + e < ${M} && k < ${K}) { four[e] = a[(row.m + e) * ${K} + k]; } }
  return four;
}
fn loadB(k: i32, n: i32, layer: i32) -> vec4f {
  var four = vec4f();
  for (var e = 0; e < 4; e++) { if (k < ${K} && n + e < ${N}) { four[e] = b[k * ${N} + n + e]; } }
  return four;
}`;
  return `
${buffer(0, 'a', 1)}
${buffer(1, 'b', 1)}
${buffer(2, 'c', 1, 'read_write')}
struct Row { m: i32 }
fn rowOf(m: i32, layer: i32) -> Row { return Row(m); }
${reads}
fn store(m: i32, n: i32, layer: i32, value: vec4f) {
  for (var e = 0; e < 4; e++) { if (m < ${M} && n + e < ${N}) { c[m * ${N} + n + e] = value[e]; } }
}`;
}

describe('chooseTile', () => {
  test.each([
    [4096, 256, 1, '64x64/8'],
    [65536, 64, 1, '64x64/8'],
    [1024, 256, 1, '32x32/4'],
    [65536, 3, 1, '128x4/4'],
    [65536, 8, 1, '128x8/4'],
    [4096, 16, 4, '128x16/4'],
    [65536, 32, 1, '64x32/4'],
    [64, 8, 1, '32x8/1'],
  ])('%i × %i, %i times', (m, n, count, expected) => {
    const tile = chooseTile(m, n, count);
    expect(`${tile.m}x${tile.n}/${tile.rows}`).toBe(expected);
  });
});

const wide = chooseTile(65536, 64, 1);
const few = chooseTile(1024, 64, 1);
/** 21 is three runs of seven, which steps of eight serve, or seven of three. */
const sevens = { kind: 'runs', runs: 3, length: 8, lengthCode: '8' } as const;
const threes = { kind: 'runs', runs: 7, length: 4, lengthCode: '4' } as const;
const products: readonly (readonly [string, Tile, RunProduct | PartProduct, each: number])[] = [
  ['staged, rows', wide, { ...sevens, columns: false }, 7],
  ['staged, columns', wide, { ...sevens, columns: true }, 7],
  ['staged though small, columns', few, { ...sevens, columns: true, costly: true }, 7],
  ['direct, rows', few, { ...sevens, columns: false }, 7],
  ['direct, columns', few, { ...sevens, columns: true }, 7],
  ['direct, short runs', wide, { ...threes, columns: false }, 3],
  ['direct, four columns', chooseTile(65536, 4, 1), { ...threes, columns: true }, 3],
  ['parts', wide, { kind: 'part' }, K],
  ['parts, small', few, { kind: 'part' }, K],
  ['parts, one row each', chooseTile(64, 8, 1), { kind: 'part' }, K],
];

const webgpu = { name: 'webgpu-node', tinyOnly: true, open: async () => void (await openDevice('webgpu')) };
await onEachDevice({ devices: [webgpu] }, 'tiled products', () => () => {
  const values = (shape: readonly number[], seed: number): Float32Array => Float32Array.from(randomArray(shape, { seed }).data);
  const [a, b] = [values([M, K], 1), values([K, N], 2)];
  const truth = Float64Array.from({ length: M * N }, (_, at) => {
    let sum = 0;
    for (let k = 0; k < K; k++) sum += (a[Math.floor(at / N) * K + k] as number) * (b[k * N + (at % N)] as number);
    return sum;
  });
  let [left, right, turned]: Tensor[] = [];
  beforeAll(() => {
    left = tensor(a, [M, K]);
    right = tensor(b, [K, N]);
    turned = tensor(Float32Array.from({ length: K * N }, (_, at) => b[(at % K) * N + Math.floor(at / K)] as number), [N, K]);
  });

  test.each(products.map(([name, tile, over, each]) => ({ name, tile, over, each })))('$name', async ({ name, tile, over, each }) => {
    const { gpu } = engine().backend as unknown as GpuBackend;
    const c = gpu.allocate([M, N]);
    const program = { key: `test ${name}`, code: () => tiledProductCode({ tile, over, declarations: matrices(over, each) }) };
    const given = [left, over.kind === 'runs' && over.columns ? turned : right].map((t) => ({ dataId: (t as Tensor).dataId, shape: (t as Tensor).shape, dtype: 'float32' as const }));
    gpu.run(program, [...given, c], [], [Math.ceil(M / tile.m), Math.ceil(N / tile.n), 1]);
    const result = engine().makeTensorFromTensorInfo(c);
    const found = await readTensor(result);
    result.dispose();
    expect(Math.max(...found.map((value, i) => Math.abs(value - (truth[i] as number))))).toBeLessThan(1e-5);
  });
});
