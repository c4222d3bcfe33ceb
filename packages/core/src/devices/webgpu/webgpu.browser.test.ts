import { expect, test } from 'vitest';
import { describeWebGpu } from '../../../test/webgpuSuite.js';
import { DeviceUnavailableError } from '../../errors/index.js';
import { listDevices, openDevice } from '../devices.js';

describeWebGpu('browser');

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
