import { readFile } from 'node:fs/promises';
import { setBackend } from '@tensorflow/tfjs-core';
import { afterEach, expect, it } from 'vitest';
import { disposeSimdBackend, registerSimdBackend } from '../register.js';
import { random, run } from '../testing/harness.js';
import { compileModule } from './module.js';
import { tryWide } from './wideVectors.js';

afterEach(disposeSimdBackend);

it('finds a module equal to itself, and another one different', async () => {
  const relaxed = await compileModule('auto', true, 128);
  const baseline = await compileModule(false, true, 128);
  expect(tryWide(relaxed.module, relaxed.module)).not.toBe('different');
  // They differ only in the rounding of multiply-adds.
  expect(tryWide(baseline.module, relaxed.module)).toBe('different');
});

it('tries every kernel that the module exports', async () => {
  const { module } = await compileModule('auto', true, 128);
  const source = await readFile(new URL('wideVectors.ts', import.meta.url), 'utf8');
  // The rest starts and stops threads, or is called by what is tried.
  const others = ['configureThreads', 'stopWorkers', 'workerLoop', 'useWideVectors', 'tile6x8', 'tile6x16', 'firstTile6x16', 'windowTile', 'windowTile16', 'outerTile'];
  const kernels = WebAssembly.Module.exports(module).filter(({ kind, name }) => kind === 'function' && !others.includes(name));
  expect(kernels.length).toBeGreaterThan(20);
  expect(kernels.filter(({ name }) => !source.includes(`wasm.${name}(`))).toEqual([]);
});

it.runIf(process.arch === 'x64' && Number.parseInt(process.versions.node, 10) >= 24)('gives the same bits with wide and with narrow vectors', async () => {
  const results: Float32Array[][] = [];
  for (const vectors of [256, 128] as const) {
    // Where the processor has no AVX2 both are narrow.
    expect((await registerSimdBackend({ threads: 2, vectors })).vectors).toBeLessThanOrEqual(vectors);
    await setBackend('simd');
    const x = { values: random(32 * 30 * 48, 1), shape: [1, 32, 30, 48] };
    const filter = { values: random(9 * 48 * 40, 2), shape: [3, 3, 48, 40] };
    const dy = { values: random(32 * 30 * 40, 3), shape: [1, 32, 30, 40] };
    const attrs = { stride: 1, pad: 1, padMode: 'reflect', upsample: 1, activation: 'none', slope: 0 };
    results.push([
      ...run('PaddedConv2D', { x, filter }, attrs),
      ...run('PaddedConv2DGrad', { x, filter, dy }, { ...attrs, needsX: true, needsFilter: true, needsBias: true }),
    ]);
    await disposeSimdBackend();
  }
  expect(results[0]).toEqual(results[1]);
});
