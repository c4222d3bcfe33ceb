import type { Rank } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { describeCapture } from '../../../test/captureSuite.js';
import { describeCaptureUpdate } from '../../../test/captureUpdateSuite.js';
import { describeWebGpu } from '../../../test/webgpuSuite.js';
import { DeviceUnavailableError } from '../../errors/index.js';
import { conv2d } from '../../ops/conv2d/conv2d.js';
import { type Tensor4D, tensor } from '../../tfjs.js';
import { type Device, listDevices, openDevice } from '../devices.js';
import { readTensor } from '../readTensor.js';

describeWebGpu('browser');
describeCapture('browser');
describeCaptureUpdate('browser');

test('measures tiles once for this browser', async () => {
  const open = (): Promise<Device> => openDevice('webgpu', { tuneTiles: true });
  const convolve = (): Tensor4D => conv2d(tensor<Rank.R4>([1, 2, 3, 4], [1, 2, 2, 1]), tensor<Rank.R4>([2], [1, 1, 1, 1]), undefined);
  indexedDB.deleteDatabase('munit-tiles');
  using device = await open();
  await device.warmUp(() => void convolve());
  expect(device.report.details['tiles']).toBe('measured');
  expect([...(await readTensor(convolve()))]).toEqual([2, 4, 6, 8]);
  device.dispose();
  using next = await open();
  expect(next.report.details['tiles']).toBe('remembered');
  expect([...(await readTensor(convolve()))]).toEqual([2, 4, 6, 8]);
});

test("Node's devices say that they are Node's", async () => {
  await expect(openDevice('cuda')).rejects.toThrow(DeviceUnavailableError);
  await expect(openDevice('cuda')).rejects.toThrow("The device 'cuda' is not available: it runs in Node only. Use 'webgpu' or 'simd' in a browser.");
  const found = await listDevices();
  expect(found.map(({ name, available }) => [name, available])).toEqual(
    expect.arrayContaining([
      ['cuda', false],
      ['webgpu', true],
      ['tensorflow', false],
      ['simd', true],
      ['cpu', true],
    ]),
  );
});
