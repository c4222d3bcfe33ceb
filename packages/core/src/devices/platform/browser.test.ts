import { afterEach, expect, test, vi } from 'vitest';
import { platform } from './browser.js';

afterEach(() => void vi.unstubAllGlobals());

test.each([
  [false, 'a page that is not secure has no WebGPU', 'Serve the page over https, or from localhost.'],
  [true, 'this browser has no WebGPU', 'Use a current Chrome, Edge, Safari (26 or later) or Firefox (141 or later).'],
])('without navigator.gpu (secure: %s)', async (isSecureContext, reason, remedy) => {
  vi.stubGlobal('navigator', {});
  vi.stubGlobal('isSecureContext', isSecureContext);
  await expect(platform.gpu([])).rejects.toMatchObject({ reason, remedy });
});

test('has no TensorFlow of Node', async () => {
  expect(platform.tensorflow.loaded()).toBeUndefined();
  await expect(platform.tensorflow.load('cpu')).rejects.toMatchObject({ reason: 'it runs in Node only' });
});
