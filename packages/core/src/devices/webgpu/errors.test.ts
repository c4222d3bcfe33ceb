import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DeviceError, DeviceLostError, OutOfMemoryError } from '../../errors/index.js';
import { watchErrors } from './errors.js';
import { type Loss, watchLoss } from './loss.js';

class FakeGpuError {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}
class FakeValidationError extends FakeGpuError {}
class FakeOutOfMemoryError extends FakeGpuError {}

type Heard = (event: { error: FakeGpuError; preventDefault(): void }) => void;

/** A GPU device as far as errors go: a stack of scopes, an event, and a loss. */
function fakeDevice() {
  const scopes: { filter: string; error: FakeGpuError | null }[] = [];
  let hear: Heard = () => undefined;
  let lose: (info: { reason: string; message: string }) => void = () => undefined;
  const lost = new Promise((resolve) => (lose = resolve));
  const device = {
    lost,
    addEventListener: (_: string, listener: Heard) => (hear = listener),
    pushErrorScope: (filter: string) => void scopes.push({ filter, error: null }),
    popErrorScope: () => Promise.resolve(scopes.pop()?.error ?? null),
  };
  return {
    device: device as unknown as GPUDevice,
    scopes,
    fail(filter: string, error: FakeGpuError) {
      const scope = scopes.findLast((candidate) => candidate.filter === filter);
      if (scope === undefined) hear({ error, preventDefault: () => undefined });
      else scope.error = error;
    },
    lose: (reason: string, message: string) => lose({ reason, message }),
  };
}

const noLoss: Loss = { error: () => undefined, happened: new Promise(() => undefined), expect: () => undefined, check: () => undefined };
const nothing = (): void => undefined;

beforeEach(() => {
  vi.stubGlobal('GPUValidationError', FakeValidationError);
  vi.stubGlobal('GPUOutOfMemoryError', FakeOutOfMemoryError);
});
afterEach(() => void vi.unstubAllGlobals());

test('running out of memory is an OutOfMemoryError that names the work', async () => {
  const { device, fail, scopes } = fakeDevice();
  const errors = watchErrors(device, noLoss);
  const decoding = errors.scope('decode 512×512', () => fail('out-of-memory', new FakeOutOfMemoryError('no')), nothing);
  await expect(decoding).rejects.toThrow(OutOfMemoryError);
  await expect(decoding).rejects.toThrow("The GPU is out of memory during 'decode 512×512'. Use a smaller image");
  expect(scopes).toEqual([]);
});

test('an error of the work itself passes through, and leaves no scope behind', async () => {
  const { device, scopes } = fakeDevice();
  const errors = watchErrors(device, noLoss);
  const failing = errors.scope('decode', () => { throw new RangeError('mine'); }, nothing);
  await expect(failing).rejects.toThrow(RangeError);
  expect(scopes).toEqual([]);
});

test('an error outside any scope stops the next check, once', () => {
  const { device, fail } = fakeDevice();
  const errors = watchErrors(device, noLoss);
  fail('validation', new FakeValidationError('bad size'));
  fail('validation', new FakeValidationError('what follows from it'));
  expect(() => errors.check()).toThrow(DeviceError);
  expect(() => errors.check()).not.toThrow();
});

test('a scope on a device that is lost meanwhile tells the loss', async () => {
  const { device, lose } = fakeDevice();
  const loss = watchLoss(device, 'WebGPU on a test');
  const errors = watchErrors(device, loss);
  lose('unknown', 'driver reset\nand a stack of its own');
  await loss.happened;
  await expect(errors.scope('decode', nothing, nothing)).rejects.toThrow(DeviceLostError);
  await expect(errors.scope('decode', nothing, nothing)).rejects.toThrow('The device was lost (WebGPU on a test; driver reset); its tensors are gone.');
});

test('a device that we destroy ourselves is not lost', async () => {
  const { device, lose } = fakeDevice();
  const loss = watchLoss(device, 'WebGPU on a test');
  loss.expect();
  lose('destroyed', '');
  await device.lost;
  expect(loss.error()).toBeUndefined();
});
