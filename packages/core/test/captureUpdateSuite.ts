/** What captured updates must do on WebGPU, in Node on Dawn and in a browser alike. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Device, openDevice } from '../src/devices/devices.js';
import { readTensor } from '../src/devices/readTensor.js';
import { ArgumentError, ShapeError } from '../src/errors/index.js';
import { adamFactors, type AdamTensors, adamUpdate, emaFactors, emaUpdate } from '../src/index.js';
import * as raw from '../src/ops/shared/raw.js';
import { keep, runKernel, type Tensor, tensor } from '../src/tfjs.js';

export function describeCaptureUpdate(runtime: string): void {
  describe(`captured updates (${runtime})`, () => {
    let device: Device;
    beforeEach(async () => {
      device = await openDevice('webgpu');
    });
    afterEach(() => device.dispose());

    const settings = { beta1: 0.5, beta2: 0.9, epsilon: 1e-8, weightDecay: 1e-3 };
    const rateAt = (step: number): number => 0.1 / step;
    /** Parameters, moments and an average of the parameters, as one list. */
    const begin = (): Tensor[] => [tensor([1, -2, 3]), tensor([0, 0, 0]), tensor([0, 0, 0]), tensor([1, -2, 3])];
    /** One update by the gradient p · x, and what came of it: the sum of the parameters and x. */
    const update = ([p, m, v, average]: readonly Tensor[], x: Tensor, adam: { readonly learningRate: number | Tensor; readonly step: number }, decay: number | Tensor) => {
      const gradient = raw.mul(p as Tensor, x);
      const lists: AdamTensors = adamUpdate({ params: [p as Tensor], m: [m as Tensor], v: [v as Tensor] }, [gradient], { ...settings, ...adam });
      gradient.dispose();
      const [next] = emaUpdate([average as Tensor], lists.params, decay);
      return { state: [...lists.params, ...lists.m, ...lists.v, next as Tensor], result: raw.add(lists.params[0] as Tensor, x) };
    };
    const work = (state: readonly Tensor[], [x, factors, decay]: readonly Tensor[]) => update(state, x as Tensor, { learningRate: factors as Tensor, step: 0 }, decay as Tensor);
    const inputsAt = (step: number): Tensor[] => [
      tensor([step, 2, -step]),
      tensor(adamFactors({ ...settings, learningRate: rateAt(step), step })),
      tensor(emaFactors(1 / (step + 1))),
    ];
    const readAll = (tensors: readonly Tensor[]): Promise<Float32Array[]> => Promise.all(tensors.map((one) => readTensor(one) as Promise<Float32Array>));

    /** Values after each of three updates that are not captured. */
    const directly = async (): Promise<Float32Array[][]> => {
      let state: readonly Tensor[] = begin();
      const values: Float32Array[][] = [];
      for (const step of [1, 2, 3]) {
        const { state: next, result } = update(state, tensor([step, 2, -step]), { learningRate: rateAt(step), step }, 1 / (step + 1));
        state = next;
        values.push(await readAll([...state, result]));
      }
      return values;
    };

    test('change tensors in their places, at each run by its own numbers, bit for bit as directly', async () => {
      const expected = await directly();
      const state = begin();
      const places = state.map(({ dataId }) => dataId);
      const held = raw.reshape(state[0] as Tensor, [1, 3]);
      const captured = device.captureUpdate(state, inputsAt(1), work);
      // Nothing has been done yet.
      expect((await readAll(state)).map((values) => [...values])).toEqual([[1, -2, 3], [0, 0, 0], [0, 0, 0], [1, -2, 3]]);
      let current: readonly Tensor[] = state;
      for (const [i, values] of expected.entries()) {
        const { state: next, result } = captured.run(current, inputsAt(i + 1));
        expect(next.map(({ dataId }) => dataId)).toEqual(places);
        expect(await readAll([...next, result])).toEqual(values);
        current = next;
      }
      // Others see it too.
      expect(await readTensor(held)).toEqual(await readTensor(current[0] as Tensor));
      captured.dispose();
      // The state outlives it.
      expect(await readAll(current)).toEqual(expected.at(-1)?.slice(0, 4));
    });

    test('are for the state that they were captured for', async () => {
      const [state, other] = [begin(), begin()];
      for (const one of [...state, ...other]) raw.negate(one).dispose();
      const captured = device.captureUpdate(state, inputsAt(1), work);
      expect([captured.fits(state), captured.fits(other), captured.fits(state.slice(1)), captured.fits([...other.slice(0, 3), state[3] as Tensor])]).toEqual([true, false, false, false]);
      expect(() => captured.run(other, inputsAt(1))).toThrow('The captured update was given another state than the one that it was captured for.');
      expect(() => captured.run(state, inputsAt(1).slice(1))).toThrow(ShapeError);
      const { state: after } = captured.run(state, inputsAt(1));
      expect(captured.fits(after)).toBe(true);
      expect(await readAll(other)).toEqual(await readAll(begin()));
      for (const one of state) one.dispose();
      expect(captured.fits(state)).toBe(false);
      captured.dispose();
      expect(() => captured.run(other, inputsAt(1))).toThrow('The captured update was disposed of. Capture it again.');
    });

    test('that fail take nothing with them that was under way', async () => {
      const size = 1000;
      const made = (value: number, count = size): Tensor => tensor(new Float32Array(count).fill(value));
      // Free buffers of the sizes below.
      for (const count of [size, size, 3]) {
        const x = made(1, count);
        raw.negate(x).dispose();
        x.dispose();
      }
      await device.synchronize();
      const failing = (): never => {
        throw new RangeError('mine');
      };
      const first = made(2);
      // Its upload is recorded, and not handed over.
      expect(() => device.captureUpdate([first], [], failing)).toThrow(RangeError);
      first.dispose();
      const second = tensor([1, 2, 3]);
      expect(() => device.captureUpdate([second], [made(3), made(4)], failing)).toThrow(RangeError);
      expect([...(await readTensor(second))]).toEqual([1, 2, 3]);
    });

    test('take neither a tensor twice nor one that is gone, and keep none', async () => {
      const state = begin();
      const shared = [...state.slice(0, 3), runKernel('Identity', { x: state[0] as Tensor })];
      expect(() => device.captureUpdate(shared, inputsAt(1), work)).toThrow('A captured update cannot take a tensor twice');
      const kept: Tensor[] = [];
      const keeping: typeof work = (given, inputs) => {
        kept.push(keep(runKernel('Identity', { x: given[0] as Tensor })));
        return work(given, inputs);
      };
      shared.at(-1)?.dispose();
      expect(() => device.captureUpdate(state, inputsAt(1), keeping)).toThrow(/must not keep tensors, but it kept 1/);
      for (const one of kept) one.dispose();
      const captured = device.captureUpdate(state, inputsAt(1), work);
      const inputs = inputsAt(1);
      inputs[0]?.dispose();
      expect(() => captured.run(state, inputs)).toThrow('The captured update was given a tensor that was disposed of.');
      expect((await readAll(state)).map((values) => [...values])).toEqual([[1, -2, 3], [0, 0, 0], [0, 0, 0], [1, -2, 3]]);
      captured.dispose();
    });

    test('leave tensors of other devices where they are when they are asked about them', async () => {
      const state = begin();
      const captured = device.captureUpdate(state, inputsAt(1), work);
      const other = await openDevice('simd', { threads: 1 });
      const elsewhere = begin();
      device.activate();
      expect(captured.fits(elsewhere)).toBe(false);
      expect(() => captured.run(elsewhere, inputsAt(1))).toThrow(ArgumentError);
      other.activate();
      expect(await readAll(elsewhere)).toEqual([[1, -2, 3], [0, 0, 0], [0, 0, 0], [1, -2, 3]].map((values) => Float32Array.from(values)));
      other.dispose();
      device.activate();
      captured.dispose();
    });

    test('that cannot be captured leave the state as it was', async () => {
      const state = begin();
      const stranger = raw.fill([3], 1);
      const failing: readonly [RegExp, (given: readonly Tensor[], inputs: readonly Tensor[]) => ReturnType<typeof work>][] = [
        [/must give its state back in its place, but 1 of 4/, (given, inputs) => { const done = work(given, inputs); return { ...done, state: [raw.negate(done.state[0] as Tensor), ...done.state.slice(1)] }; }],
        [/must give its state back in its place, but 4 of 4/, (given, inputs) => { const done = work(given, inputs); return { ...done, state: done.state.slice(1) }; }],
        [/Nothing can be overwritten/, (given, inputs) => { emaUpdate([runKernel('Identity', { x: stranger })], [stranger], 0.5); return work(given, inputs); }],
        [/mine/, (given, inputs) => { work(given, inputs); throw new ArgumentError('mine'); }],
      ];
      for (const [message, faulty] of failing) {
        expect(() => device.captureUpdate(state, inputsAt(1), faulty)).toThrow(ArgumentError);
        expect(() => device.captureUpdate(state, inputsAt(1), faulty)).toThrow(message);
      }
      expect(await readAll(state)).toEqual(await readAll(begin()));
      const { state: after } = device.captureUpdate(state, inputsAt(1), work).run(state, inputsAt(1));
      expect(await readAll(after)).toEqual((await directly())[0]?.slice(0, 4));
    });
  });
}
