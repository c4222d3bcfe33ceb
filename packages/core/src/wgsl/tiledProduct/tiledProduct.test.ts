import { engine } from '@tensorflow/tfjs-core';
import { randomArray } from '@munit/testing';
import { onEachDevice } from '@munit/testing/contract';
import { beforeAll, expect, test } from 'vitest';
import { type Device, openDevice } from '../../devices/devices.js';
import { readTensor } from '../../devices/readTensor.js';
import { type Tensor, tensor } from '../../tfjs.js';
import type { GpuBackend } from '../../devices/webgpu/registerKernels.js';
import { type PartProduct, type RunProduct, tiledProductCode } from './tiledProduct.js';
import { candidateTiles, type Tile, type TileLimits, tileName } from './tiles.js';
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

/** 21 is three runs of seven, which steps of eight serve, or seven of three. */
const sevens = { kind: 'runs', runs: 3, length: 8, lengthCode: '8' } as const;
const threes = { kind: 'runs', runs: 7, length: 4, lengthCode: '4' } as const;
/** Sizes of which each has tiles of its own. */
const sizes = { wide: [65536, 64], half: [65536, 32], quarter: [65536, 16], eight: [65536, 8], four: [65536, 4], few: [1024, 64], tiny: [64, 8] } as const;
type SizeName = keyof typeof sizes;
const products: readonly (readonly [string, RunProduct | PartProduct, each: number, tilesOf: readonly SizeName[]])[] = [
  ['rows', { ...sevens, columns: false }, 7, ['wide', 'quarter', 'few']],
  ['columns', { ...sevens, columns: true }, 7, ['half', 'eight', 'four']],
  ['columns, costly', { ...sevens, columns: true, costly: true }, 7, ['tiny']],
  ['short runs, rows', { ...threes, columns: false }, 3, ['wide', 'four']],
  ['short runs, columns', { ...threes, columns: true }, 3, ['four', 'tiny']],
  ['parts', { kind: 'part' }, K, ['wide', 'tiny']],
];

/** Every tile that products of these sizes may get, once. */
function everyTile(over: RunProduct | PartProduct, names: readonly SizeName[], limits: TileLimits): readonly Tile[] {
  const all = names.flatMap((name) => {
    const [m, n] = sizes[name];
    return candidateTiles({ m, n, layers: 1, over }, limits);
  });
  return [...new Map(all.map((tile) => [tileName(tile), tile])).values()];
}

let device: Device;
const webgpu = { name: 'webgpu-node', tinyOnly: true, open: async () => void (device = await openDevice('webgpu')) };
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

  test.each(products.map(([name, over, each, tilesOf]) => ({ name, over, each, tilesOf })))('$name, in every tile', async ({ name, over, each, tilesOf }) => {
    const { gpu, device: adapterDevice } = engine().backend as unknown as GpuBackend & { readonly device: GPUDevice };
    const given = [left, over.kind === 'runs' && over.columns ? turned : right].map((t) => ({ dataId: (t as Tensor).dataId, shape: (t as Tensor).shape, dtype: 'float32' as const }));
    const tiles = everyTile(over, tilesOf, adapterDevice.limits);
    const compute = (tile: Tile): Tensor => {
      const c = gpu.allocate([M, N]);
      const program = { key: `test ${name} ${tileName(tile)}`, code: () => tiledProductCode({ tile, over, declarations: matrices(over, each) }) };
      gpu.run(program, [...given, c], [], [Math.ceil(M / tile.m), Math.ceil(N / tile.n), 1]);
      return engine().makeTensorFromTensorInfo(c);
    };
    // Built side by side.
    await device.warmUp(() => void tiles.map(compute));
    const results: Float32Array[] = [];
    for (const tile of tiles) {
      const result = compute(tile);
      results.push(await readTensor(result));
      result.dispose();
    }
    const errors = results.map((found, i) => ({ tile: tileName(tiles[i] as Tile), error: Math.max(...found.map((value, at) => Math.abs(value - (truth[at] as number)))) }));
    expect(errors.length).toBeGreaterThanOrEqual(5);
    expect(errors.filter(({ error }) => !(error < 1e-5))).toEqual([]);
    // Every tile adds up in the same order. A GPU's compiler may still contract it in other places.
    if (device.report.details['software'] === true) for (const found of results) expect(found).toEqual(results[0]);
  });
});
