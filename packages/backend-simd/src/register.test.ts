import { execFileSync } from 'node:child_process';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, expect, it, vi } from 'vitest';
import { disposeSimdBackend, registerSimdBackend } from './register.js';

afterEach(disposeSimdBackend);

it('registers once, says what it has, and can be registered again after disposal', async () => {
  const info = await registerSimdBackend({ threads: 2, maxMemoryBytes: 64 * 2 ** 20 });
  expect(info).toEqual({ threads: 2, simd: 'relaxed', vectors: expect.toBeOneOf([128, 256]) as unknown, maxMemoryBytes: 64 * 2 ** 20 });
  expect(await registerSimdBackend({ threads: 1 })).toBe(info);
  expect(await tf.setBackend('simd')).toBe(true);
  await disposeSimdBackend();
  expect((await registerSimdBackend({ threads: 1, relaxed: false })).simd).toBe('baseline');
});

it('refuses options that nothing reads, whether or not it is registered', async () => {
  const refused = { name: 'SimdError', code: 'input', message: "registerSimdBackend: there is no option 'thread'. Known options: threads, relaxed, vectors, maxMemoryBytes, priority." };
  await expect(registerSimdBackend({ thread: 2 } as object)).rejects.toMatchObject(refused);
  await expect(registerSimdBackend(2 as never)).rejects.toThrow('the options must be an object, but 2 came.');
  await registerSimdBackend({ threads: 1, priority: undefined });
  await expect(registerSimdBackend({ thread: 2 } as object)).rejects.toMatchObject(refused);
});

it('stores, shares and frees data of every type', async () => {
  await registerSimdBackend({ threads: 1 });
  await tf.setBackend('simd');
  const before = tf.memory();
  const tensors = [tf.tensor([1.5, 2]), tf.tensor([1, 2], [2], 'int32'), tf.tensor([true, false]), tf.tensor(['a', 'ß']), tf.complex([1, 2], [3, 4])];
  expect(tensors.map((one) => [...one.dataSync()])).toEqual([[1.5, 2], [1, 2], [1, 0], ['a', 'ß'], [1, 3, 2, 4]]);
  const view = tf.reshape(tensors[0]!, [2, 1]);
  expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers + 5);
  tensors.forEach((one) => one.dispose());
  expect([...view.dataSync()]).toEqual([1.5, 2]);
  view.dispose();
  expect({ ...tf.memory(), wasmBytes: 0 }).toEqual({ ...before, wasmBytes: 0 });
});

it('counts tensors of before it was there, moves and frees them; after a reset the engine knows nothing of earlier ones', async () => {
  await registerSimdBackend({ threads: 1 });
  await tf.setBackend('cpu');
  const before = tf.memory();
  const early = tf.tensor([1, 2, 3]);
  await tf.setBackend('simd');
  const late = tf.tensor([4, 5, 6]);
  expect(tf.memory().numTensors - before.numTensors).toBe(2);
  // The early one moves to the backend in use.
  expect([...tf.add(early, late).dataSync()]).toEqual([5, 7, 9]);
  early.dispose();
  late.dispose();
  expect(tf.memory().numTensors - before.numTensors).toBe(1);

  const left = tf.tensor([7, 8]);
  tf.engine().reset();
  await tf.setBackend('simd');
  const after = tf.tensor([9, 10]);
  expect(tf.memory()).toMatchObject({ numTensors: 1, numDataBuffers: 1 });
  left.dispose();
  expect(tf.memory()).toMatchObject({ numTensors: 1, numDataBuffers: 1 });
  expect([...after.dataSync()]).toEqual([9, 10]);
  after.dispose();
  expect(tf.memory()).toMatchObject({ numTensors: 0, numDataBuffers: 0 });
});

it('gives the same memory to the same work again and again', async () => {
  await registerSimdBackend({ threads: 2 });
  await tf.setBackend('simd');
  const work = (): void => {
    tf.tidy(() => void tf.sum(tf.relu(tf.conv2d(tf.ones<tf.Rank.R4>([1, 64, 64, 8]), tf.ones<tf.Rank.R4>([3, 3, 8, 16]), 1, 'same'))).dataSync());
  };
  work();
  const after = tf.memory();
  for (let i = 0; i < 20; i++) work();
  expect(tf.memory()).toEqual(after);
});

it('says what does not fit, how much there is, and what to do', async () => {
  await registerSimdBackend({ threads: 1, maxMemoryBytes: 32 * 2 ** 20 });
  await tf.setBackend('simd');
  const before = tf.memory();
  const x = tf.ones<tf.Rank.R4>([1, 512, 512, 4]);
  expect(() => tf.conv2d(x, tf.ones<tf.Rank.R4>([3, 3, 4, 64]), 1, 'same')).toThrow(/Conv2D needs 64\.0 MiB more, but .* of at most 32\.0 MiB are in use\. Use a smaller image/);
  x.dispose();
  expect(tf.memory().numTensors - before.numTensors).toBe(1); // the filter, which threw before anyone held it
});

it('says once, in debug mode, that a kernel runs on the CPU path', async () => {
  await registerSimdBackend({ threads: 1 });
  await tf.setBackend('simd');
  const said = vi.spyOn(console, 'debug').mockImplementation(() => undefined);
  tf.env().set('DEBUG', true);
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
  try {
    const x = tf.tensor1d([3, 1, 2]);
    expect([...tf.argMax(x).dataSync(), ...tf.argMax(x).dataSync()]).toEqual([0, 0]);
    expect(said.mock.calls.flat()).toEqual(["simd backend: ArgMax runs on TensorFlow.js's CPU kernel."]);
  } finally {
    tf.env().set('DEBUG', false);
    vi.restoreAllMocks();
  }
});

it('lets a Node process end by itself', () => {
  const script = `
    import { registerSimdBackend } from '@munit/backend-simd';
    console.log(JSON.stringify(await registerSimdBackend({ threads: 3 })));
  `;
  const out = execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: new URL('..', import.meta.url), timeout: 20_000, encoding: 'utf8' });
  expect(out).toContain('"threads":3');
});
