import { onEachDevice } from '@munit/testing/contract';
import { expect, test } from 'vitest';
import { environment } from '../../../test/contract.js';
import { openDevice } from '../../devices/devices.js';
import { readTensor } from '../../devices/readTensor.js';
import { DeviceError, ShapeError } from '../../errors/index.js';
import { Rng } from '../../rng.js';
import { fromHalves, toHalves } from '../../safetensors/half.js';
import { engine, type Tensor, type Tensor1D, type Tensor4D, tensor, tidy } from '../../tfjs.js';
import { conv2d } from '../conv2d/conv2d.js';
import { conv2dReference } from '../conv2d/reference.js';
import type { Conv2dSettings } from '../conv2d/types.js';
import { normalize } from '../normalize/normalize.js';
import { normalizeReference } from '../normalize/reference.js';
import * as raw from '../shared/raw.js';
import { type Array64, map64 } from '../shared/reference.js';
import { hasHalfStorage, toHalfStorage } from './halfStorage.js';

const rng = new Rng(7);
const random = (shape: readonly number[]): Array64 => ({ shape, data: Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => rng.normal()) });
const onDevice = <T extends Tensor>({ shape, data }: Array64): T => tensor(Float32Array.from(data), [...shape]) as T;
/** As a file in half precision would have it. */
const rounded = ({ shape, data }: Array64): Array64 => ({ shape, data: Float64Array.from(fromHalves(toHalves(Float32Array.from(data)))) });

/** Of a tensor in the backend's memory, as it lies there now. */
const bytesOf = ({ dataId }: Tensor): number => (engine().backend as unknown as { tensorMap: { get(id: object): { resource: { size: number } } } }).tensorMap.get(dataId).resource.size;

/** Whether each value is within the rounding of a half: the adapter may round either way, and `products` of rounded factors add up. */
function expectRounded(ours: Float32Array, truth: Array64, products?: Array64): void {
  expect(ours).toHaveLength(truth.data.length);
  const apart = truth.data.map((value, i) => Math.abs(value - ours[i]!) / (2 ** -10 * Math.abs(value) + 2 ** -11 * (products?.data[i] ?? 0) + 2e-5));
  expect(Math.max(...apart)).toBeLessThan(1);
}

const absolute = (x: Array64): Array64 => map64(x, Math.abs);

/** The devices that can store halves, or the others. */
const devices = (can: boolean): { readonly devices: typeof environment.devices } => ({ devices: environment.devices.filter(({ name }) => name.startsWith('webgpu') === can) });

await onEachDevice(devices(false), 'half storage', () => () => {
  test('is refused, and says where it is', () => {
    expect(hasHalfStorage()).toBe(false);
    expect(() => toHalfStorage(tensor([1, 2, 3, 4]))).toThrow(DeviceError);
    expect(() => toHalfStorage(tensor([1, 2, 3, 4]))).toThrow('Half precision is stored on WebGPU only, but the device in use is');
  });
});

await onEachDevice(devices(true), 'half storage', () => () => {
  test('holds the nearest halves in half the memory, and shows them as float32', async () => {
    const values = Float32Array.of(0, 1, -1 / 3, 1e-7, 65504, 1e6, -1e6, NaN, 0.1, 2049, -(2 ** -14), 3e-5);
    const half = toHalfStorage(tensor(values));
    expect(bytesOf(half)).toBe(2 * values.length);
    const exact = fromHalves(toHalves(values));
    const read = await readTensor(half);
    for (const [i, value] of exact.entries()) {
      if (Number.isNaN(value)) expect(read[i]).toBeNaN();
      else if (Number.isFinite(value)) expect(Math.abs(read[i]! - value), `${values[i]}`).toBeLessThanOrEqual(Math.max(Math.abs(value) * 2 ** -10, 2 ** -24));
      else expect(read[i]).toBe(Math.sign(value) * 65504);
    }
    expect([...(await readTensor(raw.add(toHalfStorage(tensor([1, 2, 3, 4])), tensor([1, 1, 1, 1]))))]).toEqual([2, 3, 4, 5]);
  });

  test('wants a last axis of fours', () => {
    expect(() => toHalfStorage(tensor([1, 2, 3]))).toThrow(ShapeError);
    expect(() => toHalfStorage(tensor([1, 2, 3]))).toThrow("the last axis must be a multiple of 4, but 'x' is [3]");
  });

  test('wants float32 values', () => {
    expect(() => toHalfStorage(tensor([1, 2, 3, 4], [4], 'int32'))).toThrow("'x' must be float32, but it is int32");
    expect(() => toHalfStorage(tensor([], [0, 4]))).toThrow(ShapeError);
  });

  test('is read without being changed', async () => {
    const half = toHalfStorage(tensor([1, 2, 3, 4]));
    expect([...(await readTensor(half)), bytesOf(half)]).toEqual([1, 2, 3, 4, 8]);
  });

  test('is widened where it is seen in a shape without fours', async () => {
    const [x, weights] = [random([1, 4, 4, 4]), random([3, 3, 2, 4])];
    const y = tidy(() => conv2d(raw.reshape(toHalfStorage(onDevice(x)), [1, 4, 8, 2]) as Tensor4D, onDevice<Tensor4D>(weights), undefined));
    const parameters = { stride: 1, padMode: 'zero', pad: 0, upsample: 1, activation: 'none' } as const;
    expectRounded(await readTensor(y), conv2dReference.forward({ ...rounded(x), shape: [1, 4, 8, 2] }, weights, undefined, parameters));
  });

  test('may be several operands of one program, as float32 and as halves', async () => {
    const [x, r] = [random([1, 1, 1, 4]), random([1, 1, 1, 4])];
    const y = tidy(() => {
      const residual = toHalfStorage(onDevice<Tensor4D>(r));
      const scale = raw.reshape(residual, [4]) as Tensor1D;
      return normalize(onDevice<Tensor4D>(x), { over: 'layer', scale, shift: scale, residual });
    });
    const affine = { ...rounded(r), shape: [4] };
    expectRounded(await readTensor(y), normalizeReference.forward({ x, scale: affine, shift: affine, residual: rounded(r) }, { over: 'layer', activation: 'none', epsilon: 1e-5 }));
  });

  test('keeps its values while programs are only built', async () => {
    const device = await openDevice('webgpu');
    const half = toHalfStorage(tensor([1, 2, 3, 4]));
    await device.warmUp(() => void raw.add(half, half));
    expect(bytesOf(half)).toBe(8);
    expect([...(await readTensor(raw.add(half, half)))]).toEqual([2, 4, 6, 8]);
    device.dispose();
  });

  const settings: readonly (Conv2dSettings & { readonly title: string; readonly kernel: number; readonly channels: number; readonly outputs: number })[] = [
    { title: '3×3, reflected', kernel: 3, stride: 1, padMode: 'reflect', pad: 1, upsample: 1, activation: 'relu', channels: 4, outputs: 8 },
    { title: '4×4 with stride 2', kernel: 4, stride: 2, padMode: 'zero', pad: 1, upsample: 1, activation: 'lrelu', channels: 8, outputs: 4 },
    { title: '5×5 after upsampling, by phases with a border', kernel: 5, stride: 1, padMode: 'reflect', pad: 2, upsample: 2, activation: 'none', channels: 8, outputs: 4 },
  ];
  test.each(settings)('convolves: $title', async ({ kernel, channels, outputs, ...parameters }) => {
    const [x, weights, bias] = [random([1, 6, 6, channels]), random([kernel, kernel, channels, outputs]), random([outputs])];
    const y = tidy(() =>
      conv2d(toHalfStorage(onDevice<Tensor4D>(x)), toHalfStorage(onDevice<Tensor4D>(weights)), onDevice<Tensor1D>(bias), { ...parameters, pad: { mode: parameters.padMode, size: parameters.pad } }),
    );
    expect(bytesOf(y)).toBe(2 * y.size);
    const truth = conv2dReference.forward(rounded(x), rounded(weights), bias, parameters);
    // The summed weights of phases are rounded too.
    const products = parameters.upsample === 2 ? conv2dReference.forward(absolute(x), absolute(weights), undefined, parameters) : undefined;
    expectRounded(await readTensor(y), truth, products);
  });

  test('reads an image of 3 channels, and writes one, as float32', async () => {
    const [image, weights, last] = [random([1, 5, 5, 3]), random([3, 3, 3, 4]), random([3, 3, 4, 3])];
    const parameters = { stride: 1, padMode: 'zero', pad: 1, upsample: 1, activation: 'none' } as const;
    const y = tidy(() => {
      const hidden = conv2d(onDevice<Tensor4D>(image), toHalfStorage(onDevice<Tensor4D>(weights)), undefined, { pad: { mode: 'zero', size: 1 } });
      expect(bytesOf(hidden)).toBe(2 * hidden.size);
      return conv2d(hidden, onDevice<Tensor4D>(last), undefined, { pad: { mode: 'zero', size: 1 } });
    });
    expect(bytesOf(y)).toBe(4 * y.size);
    const hidden = rounded(conv2dReference.forward(image, rounded(weights), undefined, parameters));
    const truth = conv2dReference.forward(hidden, last, undefined, parameters);
    // The adapter may have rounded the maps between them the other way.
    expectRounded(await readTensor(y), truth, conv2dReference.forward(absolute(hidden), absolute(last), undefined, parameters));
  });

  test.each(['instance', 'layer'] as const)('normalizes over the %s, with a residual', async (over) => {
    const [x, scale, shift, residual] = [random([2, 4, 5, 8]), random([8]), random([8]), random([2, 4, 5, 8])];
    const y = tidy(() =>
      normalize(toHalfStorage(onDevice<Tensor4D>(x)), {
        over,
        activation: 'relu',
        scale: onDevice<Tensor1D>(scale),
        shift: onDevice<Tensor1D>(shift),
        residual: toHalfStorage(onDevice<Tensor4D>(residual)),
      }),
    );
    expect(bytesOf(y)).toBe(2 * y.size);
    const truth = normalizeReference.forward({ x: rounded(x), scale, shift, residual: rounded(residual) }, { over, activation: 'relu', epsilon: 1e-5 });
    expectRounded(await readTensor(y), truth);
  });
});
