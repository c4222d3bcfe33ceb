import { expect, test } from 'vitest';

/** As much of WebGPU's own types as these tests touch. */
interface Gpu {
  requestAdapter(): Promise<{ requestDevice(): Promise<Device>; readonly limits: { readonly maxBufferSize: number } } | null>;
}
interface Device {
  createBuffer(descriptor: { size: number; usage: number; mappedAtCreation: boolean }): MappedBuffer;
  readonly queue: { submit(commands: readonly unknown[]): void };
  createCommandEncoder(): {
    copyBufferToBuffer(from: MappedBuffer, fromOffset: number, to: MappedBuffer, toOffset: number, size: number): void;
    finish(): unknown;
  };
  destroy(): void;
}
interface MappedBuffer {
  mapAsync(mode: number): Promise<void>;
  getMappedRange(): ArrayBuffer;
  unmap(): void;
}

// `navigator.gpu` exists in a browser whose adapter is null, and suites go green on nothing: so it is asserted.
test('the browser hands out a WebGPU adapter whose device copies a buffer', async () => {
  const gpu = (navigator as Navigator & { readonly gpu?: Gpu }).gpu;
  const adapter = (await gpu?.requestAdapter()) ?? null;
  if (adapter === null) throw new Error('no WebGPU adapter: is this the full Chromium, with --enable-unsafe-webgpu?');
  expect(adapter.limits.maxBufferSize).toBeGreaterThanOrEqual(256 * 1024 * 1024);

  const device = await adapter.requestDevice();
  const [mapRead, copySource, copyTarget] = [1, 4, 8];
  const from = device.createBuffer({ size: 16, usage: copySource, mappedAtCreation: true });
  new Float32Array(from.getMappedRange()).set([1, -2, 0.5, 8]);
  from.unmap();
  const to = device.createBuffer({ size: 16, usage: mapRead | copyTarget, mappedAtCreation: false });
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(from, 0, to, 0, 16);
  device.queue.submit([encoder.finish()]);
  await to.mapAsync(1);
  expect([...new Float32Array(to.getMappedRange())]).toEqual([1, -2, 0.5, 8]);
  device.destroy();
});

test('the page is isolated, so that threads can share memory', () => {
  expect(crossOriginIsolated).toBe(true);
  expect(new SharedArrayBuffer(8).byteLength).toBe(8);
});
