/** What captured work must do on WebGPU, in Node on Dawn and in a browser alike. */
import { engine, type Rank } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Device, openDevice } from '../src/devices/devices.js';
import { readTensor } from '../src/devices/readTensor.js';
import { ArgumentError, DeviceLostError, ShapeError } from '../src/errors/index.js';
import { add, conv2d, emaUpdate, mul, normalize, resizeBilinear2d, toHalfStorage } from '../src/index.js';
import * as raw from '../src/ops/shared/raw.js';
import { keep, memory, type Tensor, type Tensor4D, tensor, tidy } from '../src/tfjs.js';

const backend = (): WebGPUBackend & { flush(): void } => engine().backend as WebGPUBackend & { flush(): void };
const shape: [number, number, number, number] = [1, 5, 6, 4];
const count = 120;
const image = (seed: number): Tensor4D => tensor<Rank.R4>(Float32Array.from({ length: count }, (_, i) => Math.sin(seed + 1.7 * i)), shape);

export function describeCapture(runtime: string): void {
  describe(`captured work (${runtime})`, () => {
    let device: Device;
    let weights: Tensor4D;
    beforeEach(async () => {
      device = await openDevice('webgpu');
      weights = tensor<Rank.R4>(Float32Array.from({ length: 144 }, (_, i) => Math.cos(i)), [3, 3, 4, 4]);
    });
    afterEach(() => {
      weights.dispose();
      device.dispose();
    });

    /** munit's programs and TensorFlow.js's own, constants from JavaScript, a reshape, the same shapes time and again. */
    const network = ([x, style]: readonly Tensor[]): Tensor => {
      let y = x as Tensor4D;
      for (let i = 0; i < 3; i++) {
        const step = mul(style as Tensor, tensor([0.5 + i, 1, 2, 3]));
        y = add(y, normalize(conv2d(y, weights, undefined, { pad: { mode: 'reflect', size: 1 } }), { over: 'instance', scale: step as never, shift: style as never })) as Tensor4D;
      }
      return raw.reshape(resizeBilinear2d(y, { height: 7, width: 3 }), [7, 12]);
    };
    const style = (seed: number): Tensor => tensor([1, 2, 3, 4].map((value) => Math.cos(seed + value)));
    const directly = async (seed: number): Promise<Float32Array> => readAndDispose(tidy(() => network([image(seed), style(seed)])));
    async function readAndDispose(y: Tensor): Promise<Float32Array> {
      const values = await readTensor(y);
      y.dispose();
      return values;
    }

    test('reads halves from outside where they are, and hands out float32', async () => {
      const [half, styles] = [toHalfStorage(weights), toHalfStorage(style(5))];
      // Halves by munit's programs, from outside and of its own, and by TensorFlow.js's, which must see float32.
      const work = ([x]: readonly Tensor[]): Tensor => raw.mul(conv2d(conv2d(x as Tensor4D, half, undefined), half, undefined), raw.add(styles, styles));
      const make = async (seed: number): Promise<Float32Array> => readAndDispose(tidy(() => work([image(seed)])));
      const captured = device.capture([image(9)], work);
      const first = [await readAndDispose(captured.run([image(0)])), await readAndDispose(captured.run([image(1)]))];
      expect(first).toEqual([await make(0), await make(1)]);
      expect(await readTensor(styles)).toEqual(await readAndDispose(toHalfStorage(style(5))));
      // Inputs are taken as float32.
      const input = toHalfStorage(image(2));
      expect(await readAndDispose(captured.run([input]))).toEqual(await readAndDispose(tidy(() => work([input]))));
      // TensorFlow.js's program widens them: the captured work still finds the halves, which nobody has written over.
      raw.add(half, half).dispose();
      const others = [1, 2, 3].map((value) => toHalfStorage(raw.fill([3, 3, 4, 4], value)));
      expect([await readAndDispose(captured.run([image(0)])), await readAndDispose(captured.run([image(1)]))]).toEqual(first);
      captured.dispose();
      for (const tensor of [half, styles, input, ...others]) tensor.dispose();
    });

    test('gives the same values bit for bit, whatever comes in between', async () => {
      const before = memory().numTensors;
      const expected = [await directly(0), await directly(1), await directly(2)];
      expect(new Set(expected.map((values) => values.join())).size).toBe(3);
      const captured = device.capture([image(9), style(9)], network);
      const others: Tensor[] = [];
      for (const seed of [0, 1, 2, 1]) {
        // Takes what lies free in TensorFlow.js's pool, and is waiting to be handed over when the work is.
        others.push(...[1, 2, 3].map((value) => raw.fill(shape, value)), image(seed + 100), raw.fill([4], 7));
        const given = [image(seed), style(seed)];
        const y = captured.run(given);
        expect(y.shape).toEqual([7, 12]);
        expect(await readAndDispose(y)).toEqual(expected[seed]);
        // The inputs are as they were.
        expect(await readTensor(given[0] as Tensor)).toEqual(await readTensor(image(seed)));
        others.push(...given);
      }
      expect([...(await readTensor(others[1] as Tensor))]).toEqual(Array.from({ length: count }, () => 2));
      const results = [0, 1, 2].map((seed) => captured.run([image(seed), style(seed)]));
      for (const [seed, y] of results.entries()) expect(await readAndDispose(y)).toEqual(expected[seed]);
      captured.dispose();
      expect(memory().numTensors).toBeGreaterThan(before);
    });

    test('takes inputs that work before it has still to make, and gives what work after it takes', async () => {
      const [x, s] = [image(3), style(3)];
      const captured = device.capture([x, s], network);
      const doubled = captured.run([raw.add(x, x), s]);
      const truth = network([raw.add(x, x), s]);
      expect(await readTensor(raw.add(doubled, doubled))).toEqual(await readTensor(raw.add(truth, truth)));
      captured.dispose();
    });

    test('runs no program’s JavaScript again, and hands all over at once', () => {
      const inputs = [image(1), style(1)];
      const captured = device.capture(inputs, network);
      captured.run(inputs);
      const programs = vi.spyOn(backend(), 'runWebGPUProgram');
      const groups = vi.spyOn(backend().device, 'createBindGroup');
      const submits = vi.spyOn(backend().queue, 'submit');
      network(inputs);
      expect([programs.mock.calls.length > 3, groups.mock.calls.length > 9]).toEqual([true, true]);
      backend().ensureCommandEncoderReady();
      for (const spy of [programs, groups, submits]) spy.mockClear();
      captured.run(inputs);
      expect([programs, groups, submits].map((spy) => spy.mock.calls.length)).toEqual([0, 0, 1]);
      for (const spy of [programs, groups, submits]) spy.mockRestore();
      captured.dispose();
    });

    test('hands over long work in parts', async () => {
      const factor = tensor([1.01]);
      const captured = device.capture([tensor([1])], ([x]) => {
        let y = x as Tensor;
        for (let i = 0; i < 150; i++) y = raw.mul(y, factor);
        return y;
      });
      const input = tensor([2]);
      captured.run([input]).dispose();
      backend().flush();
      const submits = vi.spyOn(backend().queue, 'submit');
      const y = captured.run([input]);
      expect(submits.mock.calls.length).toBe(3);
      submits.mockRestore();
      let expected = 2;
      for (let i = 0; i < 150; i++) expected = Math.fround(expected * Math.fround(1.01));
      expect([...(await readTensor(y))]).toEqual([expected]);
      captured.dispose();
      for (const one of [factor, input, y]) one.dispose();
    });

    test('takes the memory that it says, the same for any number of runs, and gives it back', async () => {
      await directly(1);
      device.trim();
      const { tensors, allocatedBytes: before = 0 } = device.memory();
      const inputs = [image(1), style(1)];
      const captured = device.capture(inputs, network);
      // 3 maps at the least: the input, what a convolution gives, what becomes of it.
      expect(captured.bytes).toBeGreaterThan(3 * 4 * count);
      expect(device.memory().allocatedBytes).toBe(before + captured.bytes);
      await readAndDispose(captured.run(inputs));
      const { allocatedBytes: once } = device.memory();
      for (let i = 0; i < 50; i++) await readAndDispose(captured.run(inputs));
      expect(device.memory().allocatedBytes).toBe(once);
      captured.dispose();
      captured.dispose();
      for (const input of inputs) input.dispose();
      await device.synchronize();
      device.trim();
      expect(device.memory()).toEqual({ ...device.memory(), tensors, allocatedBytes: before });
      expect(() => captured.run(inputs)).toThrow('The captured work was disposed of. Capture it again.');
    });

    test('takes buffers that lie free rather than new ones', async () => {
      await directly(1);
      const { allocatedBytes: before = 0 } = device.memory();
      const captured = device.capture([image(1), style(1)], network);
      expect(device.memory().allocatedBytes).toBeLessThan(before + captured.bytes / 2);
      captured.dispose();
    });

    test('keeps constants for later runs, though the work was done with them early', async () => {
      const many = (value: number): Tensor => tensor(new Float32Array(5000).fill(value));
      const captured = device.capture([many(1)], ([x]) => {
        let y = tidy(() => raw.mul(x as Tensor, many(3)));
        // More dispatches than are handed over together, after which buffers are used again.
        for (let i = 0; i < 40; i++) {
          const before = y;
          y = raw.negate(before);
          before.dispose();
        }
        return y;
      });
      for (const value of [5, 5, 1]) expect(new Set(await readTensor(captured.run([many(value)])))).toEqual(new Set([3 * value]));
      // Fewer than half as many buffers as results.
      expect(captured.bytes).toBeLessThan(20 * 5000 * 4);
      captured.dispose();
    });

    test('leaves tensors from outside alone that it was the first to use', async () => {
      const factor = tensor([2, 3]);
      const captured = device.capture([tensor([1, 1])], ([x]) => raw.mul(x as Tensor, factor));
      expect([...(await readTensor(captured.run([tensor([5, 7])])))]).toEqual([10, 21]);
      captured.dispose();
      expect([...(await readTensor(raw.add(factor, factor)))]).toEqual([4, 6]);
      factor.dispose();
    });

    test('gives an input, a constant or a tensor from outside as a copy', async () => {
      const outside = tensor([5, 6]);
      const works: ((inputs: readonly Tensor[]) => Tensor)[] = [([x]) => x as Tensor, () => tensor([3, 4]), () => outside];
      for (const [i, work] of works.entries()) {
        const x = tensor([1, 2]);
        const captured = device.capture([x], work);
        const y = captured.run([x]);
        x.dispose();
        captured.dispose();
        expect([...(await readAndDispose(y))]).toEqual([2 * i + 1, 2 * i + 2]);
      }
      expect([...(await readTensor(outside))]).toEqual([5, 6]);
    });

    test('refuses what runs could not repeat, and works as before afterwards', async () => {
      const x = tensor([1, 2]);
      const fails = (work: (x: Tensor) => Tensor, message: RegExp): void => {
        expect(() => device.capture([x], ([own]) => work(own as Tensor))).toThrow(ArgumentError);
        expect(() => device.capture([x], ([own]) => work(own as Tensor))).toThrow(message);
      };
      const { tensors } = device.memory();
      fails((own) => tensor([...raw.add(own, own).dataSync()]), /Nothing can be read by work that is being captured/);
      fails((own) => {
        // Caught by the work itself.
        readTensor(raw.add(own, own)).catch(() => undefined);
        return own;
      }, /Nothing can be read/);
      fails((own) => device.capture([own], () => own).run([own]), /Nothing can be captured/);
      fails((own) => (device.trim(), own), /Nothing can be trimmed/);
      fails((own) => (void device.synchronize().catch(() => undefined), own), /Nothing can be awaited/);
      fails((own) => emaUpdate([raw.add(own, own)], [own], 0.5)[0] as Tensor, /Nothing can be overwritten/);
      expect(device.memory().tensors).toBe(tensors);
      const kept: Tensor[] = [];
      fails((own) => {
        kept.push(keep(raw.add(own, own)));
        return own;
      }, /must not keep tensors, but it kept 1/);
      for (const tensor of kept) tensor.dispose();
      const outside = [raw.fill([2], 1), raw.fill([2], 1)];
      fails((own) => {
        const y = raw.add(own, outside[0] as Tensor);
        outside.shift()?.dispose();
        return y;
      }, /must not dispose of tensors from outside, but it disposed of 1/);
      expect(() => device.capture([x], () => { throw new RangeError('mine'); })).toThrow(RangeError);
      await expect(device.warmUp(() => void device.capture([x], () => x))).rejects.toThrow(/within warmUp/);
      expect([...(await readTensor(raw.add(x, x)))]).toEqual([2, 4]);
    });

    test('refuses other shapes and types', () => {
      const captured = device.capture([image(1), style(1)], network);
      expect(() => captured.run([image(1)])).toThrow(ShapeError);
      expect(() => captured.run([image(1)])).toThrow('The captured work takes (float32[1, 5, 6, 4], float32[4]), but it was given (float32[1, 5, 6, 4]).');
      expect(() => captured.run([image(1), tensor([1, 2, 3, 4], [4], 'int32')])).toThrow(/int32\[4\]/);
      captured.dispose();
    });

    test('says what a lost device is', async () => {
      const inputs = [image(1), style(1)];
      const captured = device.capture(inputs, network);
      backend().device.destroy();
      await device.lost;
      expect(() => captured.run(inputs)).toThrow(DeviceLostError);
      expect(() => device.capture(inputs, network)).toThrow(DeviceLostError);
      expect(() => captured.dispose()).not.toThrow();
    });
  });
}
