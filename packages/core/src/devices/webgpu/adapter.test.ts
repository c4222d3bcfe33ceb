import { describe, expect, test } from 'vitest';
import { Unavailable } from '../driver.js';
import { describeAdapter, deviceDescriptor, isSoftware, requestAdapter } from './adapter.js';

const adapter = (info: Partial<GPUAdapterInfo> & { isFallbackAdapter?: boolean }): Parameters<typeof isSoftware>[0] =>
  ({ info: { vendor: '', architecture: '', device: '', description: '', ...info } }) as Parameters<typeof isSoftware>[0];

describe('an adapter is software', () => {
  test.each([
    ['by its own word, in new browsers', adapter({ vendor: 'x', isFallbackAdapter: true })],
    ['by its own word, in older ones', { isFallbackAdapter: true } as Parameters<typeof isSoftware>[0]],
    ['as SwiftShader', adapter({ vendor: 'google', architecture: 'swiftshader' })],
    ['as Mesa', adapter({ vendor: 'mesa', description: 'llvmpipe (LLVM 17.0.6, 256 bits)' })],
    ['as Windows', adapter({ vendor: 'microsoft', description: 'Microsoft Basic Render Driver' })],
  ])('%s', (_, given) => {
    expect(isSoftware(given)).toBe(true);
  });

  test.each([
    ['NVIDIA', adapter({ vendor: 'nvidia', architecture: 'hopper', description: 'NVIDIA H100 80GB HBM3' })],
    ['Apple', adapter({ vendor: 'apple', architecture: 'metal-3', isFallbackAdapter: false })],
    ['one that says nothing', adapter({})],
  ])('not: %s', (_, given) => {
    expect(isSoftware(given)).toBe(false);
  });
});

test('an adapter is described by what it tells', () => {
  expect(describeAdapter(adapter({ vendor: 'nvidia', architecture: 'hopper', description: 'NVIDIA H100' }))).toBe('nvidia hopper: NVIDIA H100');
  expect(describeAdapter(adapter({ vendor: 'apple', architecture: 'metal-3' }))).toBe('apple metal-3');
  expect(describeAdapter(adapter({}))).toBe('an adapter that does not name itself');
});

test('a device gets the limits and features that the adapter has, and asks for none that it has not', () => {
  const offered = {
    limits: { maxBufferSize: 4 * 2 ** 30, maxStorageBufferBindingSize: 2 ** 31, maxComputeInvocationsPerWorkgroup: 1024 },
    features: new Set(['shader-f16', 'timestamp-query', 'depth-clip-control']), // The first is not asked for: nothing uses it.
  };
  expect(deviceDescriptor(offered as unknown as GPUAdapter)).toEqual({
    label: 'munit',
    requiredLimits: { maxBufferSize: 4 * 2 ** 30, maxStorageBufferBindingSize: 2 ** 31, maxComputeInvocationsPerWorkgroup: 1024 },
    requiredFeatures: ['timestamp-query'],
  });
});

describe('where WebGPU has no adapter', () => {
  const gpuOf = (answers: (GPUAdapter | null)[]): { asked: unknown[]; gpu: GPU } => {
    const asked: unknown[] = [];
    const requestAdapterFake = (options: unknown): Promise<GPUAdapter | null> => {
      asked.push(options);
      return Promise.resolve(answers.shift() ?? null);
    };
    return { asked, gpu: { requestAdapter: requestAdapterFake } as unknown as GPU };
  };

  test('the software one is asked for last, and then the remedy is given', async () => {
    const { asked, gpu } = gpuOf([null, null, null]);
    const request = requestAdapter({ gpu, runtime: 'Dawn', version: '', noAdapterRemedy: 'Install a driver.' }, 'low-power');
    await expect(request).rejects.toBeInstanceOf(Unavailable);
    await expect(request).rejects.toMatchObject({ reason: 'WebGPU found no adapter', remedy: 'Install a driver.' });
    expect(asked).toEqual([{ powerPreference: 'low-power' }, undefined, { forceFallbackAdapter: true }]);
  });

  test('but a software one, that is taken', async () => {
    const software = adapter({ architecture: 'swiftshader' }) as unknown as GPUAdapter;
    const { gpu } = gpuOf([null, null, software]);
    expect(await requestAdapter({ gpu, runtime: 'browser', version: '', noAdapterRemedy: '' }, 'high-performance')).toBe(software);
  });

  test('one that wants no preference is taken', async () => {
    const any = adapter({ vendor: 'apple' }) as unknown as GPUAdapter;
    const { asked, gpu } = gpuOf([null, any]);
    expect(await requestAdapter({ gpu, runtime: 'browser', version: '', noAdapterRemedy: '' }, 'high-performance')).toBe(any);
    expect(asked).toEqual([{ powerPreference: 'high-performance' }, undefined]);
  });
});
