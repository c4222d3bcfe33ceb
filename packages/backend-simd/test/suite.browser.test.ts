import { browser, dispose, setBackend, tensor3d } from '@tensorflow/tfjs-core';
import { afterAll, expect, it } from 'vitest';
import { disposeSimdBackend, registerSimdBackend } from '../src/register.js';

/** Tests that cannot pass here, by the beginning of their names. Each is run, and has to fail. */
const excluded = [
  // They ask the canvas for a context that is named like the backend. Drawing has a test of its own below.
  'draw on canvas context simd {}',
  // They expect `window` as `this` of a called function: in a module, as which the bundler serves them, it is undefined.
  'http-load simd {} JSON model 1 group, 2 weights, 1 path',
  'http-load simd {} JSON model Provide WeightFileTranslateFunc',
];

afterAll(disposeSimdBackend);

it("passes TensorFlow.js's own tests in Chromium", async () => {
  for (const name of ['log', 'info', 'warn', 'debug'] as const) console[name] = () => undefined;
  // A bundled Jasmine looks for the global object under Node's name.
  Object.assign(globalThis, { global: globalThis });
  const { runSuite } = await import('./suite.js');
  const { passed, failed } = await runSuite(2, true);
  expect(failed.filter((name) => !excluded.some((start) => name.startsWith(start)))).toEqual([]);
  expect(excluded.filter((start) => !failed.some((name) => name.startsWith(start)))).toEqual([]);
  expect(passed).toBeGreaterThan(4200);
}, 180_000);

it('draws a tensor on a canvas', async () => {
  await registerSimdBackend();
  await setBackend('simd');
  const image = tensor3d([1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0], [2, 2, 3]);
  const canvas = document.createElement('canvas');
  browser.draw(image, canvas);
  expect([...canvas.getContext('2d')!.getImageData(0, 0, 2, 2).data]).toEqual([255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 0, 0, 0, 255]);
  dispose(image);
});
