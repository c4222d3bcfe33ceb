import { engine, type KernelBackend } from '@tensorflow/tfjs-core';
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { describe, expect, test } from 'vitest';
import { Unavailable } from '../driver.js';
import { cudaDriver, tensorflowDriver } from '../tensorflow.js';
import { createNodePlatform } from './createNode.js';
import type { NodeProcess } from './importPeer.js';
import { restoreUtil } from './tensorflow.js';

const notInstalled = (name: string): Promise<never> =>
  Promise.reject(Object.assign(new Error(`Cannot find package '${name}' imported from /app/index.js`), { code: 'ERR_MODULE_NOT_FOUND' }));

const nodeWith = (importModule: NodeProcess['importModule'], isMainThread = true): NodeProcess => ({
  importModule,
  isMainThread,
  environment: {},
});

/** What importing the binding does: it registers a backend under 'tensorflow' and sets it. */
function binding(usesGpu: boolean): { imported: string[]; importModule: NodeProcess['importModule'] } {
  const imported: string[] = [];
  return {
    imported,
    importModule: async (name) => {
      imported.push(name);
      const backend: KernelBackend = Object.assign(new MathBackendCPU(), { isUsingGpuDevice: usesGpu, binding: { TF_Version: '2.9.1' } });
      engine().registerBackend('tensorflow', () => backend);
      await engine().setBackend('tensorflow');
    },
  };
}

const request = { options: {}, refuseSoftware: false };

describe('a package that is not installed', () => {
  test.each([
    ['cuda', '@tensorflow/tfjs-node-gpu', cudaDriver, 'npm install @tensorflow/tfjs-node-gpu@4.22.0'],
    ['tensorflow', '@tensorflow/tfjs-node', tensorflowDriver, 'npm install @tensorflow/tfjs-node@4.22.0'],
  ] as const)('%s names it and the command that installs it', async (_, name, driver, command) => {
    const opening = driver(createNodePlatform(nodeWith(notInstalled))).open(request);
    await expect(opening).rejects.toMatchObject({ reason: `the package '${name}' is not installed` });
    await expect(opening).rejects.toHaveProperty('remedy', expect.stringContaining(command));
  });

  test('webgpu names it and the command that installs it', async () => {
    const gpu = createNodePlatform(nodeWith(notInstalled)).gpu([]);
    await expect(gpu).rejects.toBeInstanceOf(Unavailable);
    await expect(gpu).rejects.toMatchObject({ reason: "the package 'webgpu' is not installed", remedy: 'Install it: npm install webgpu@^0.6.2.' });
  });

  test('is told from one that is installed and broken', async () => {
    const missingBinary = Object.assign(new Error("Cannot find module '/app/node_modules/webgpu/dist/linux-riscv64/dawn.node'\nRequire stack:"), {
      code: 'MODULE_NOT_FOUND',
    });
    const gpu = createNodePlatform(nodeWith(() => Promise.reject(missingBinary))).gpu([]);
    await expect(gpu).rejects.toMatchObject({
      reason: "the package 'webgpu' is installed but does not load: Cannot find module '/app/node_modules/webgpu/dist/linux-riscv64/dawn.node'",
    });
  });
});

describe("TensorFlow's binding", () => {
  test('on a GPU is cuda, and not tensorflow', async () => {
    const platform = createNodePlatform(nodeWith(binding(true).importModule));
    const opened = await cudaDriver(platform).open(request);
    expect(opened).toMatchObject({
      tfjsName: 'tensorflow',
      description: 'TensorFlow 2.9.1 on the GPU (@tensorflow/tfjs-node-gpu)',
      details: { gpu: true, tensorflow: '2.9.1' },
    });
    await expect(tensorflowDriver(platform).open(request)).rejects.toMatchObject({ reason: 'the TensorFlow of this process works on a GPU' });
  });

  test('that fell back to the CPU is refused as cuda, and serves as tensorflow without a second library', async () => {
    const { imported, importModule } = binding(false);
    const platform = createNodePlatform(nodeWith(importModule));
    await expect(cudaDriver(platform).open(request)).rejects.toMatchObject({
      reason: 'TensorFlow 2.9.1 loaded but found no GPU that it can use, and would have worked on the CPU',
    });
    expect(await tensorflowDriver(platform).open(request)).toMatchObject({ description: 'TensorFlow 2.9.1 on the CPU (@tensorflow/tfjs-node-gpu)' });
    expect(imported).toEqual(['@tensorflow/tfjs-node-gpu']);
  });

  test('of the CPU keeps cuda out of the process', async () => {
    const { imported, importModule } = binding(false);
    const platform = createNodePlatform(nodeWith(importModule));
    await tensorflowDriver(platform).open(request);
    await expect(cudaDriver(platform).open(request)).rejects.toMatchObject({
      reason: "this process already runs '@tensorflow/tfjs-node', which has no GPU",
      remedy: "Open 'cuda' in a process of its own.",
    });
    expect(imported).toEqual(['@tensorflow/tfjs-node']);
  });

  test('stays out of worker threads', async () => {
    const { imported, importModule } = binding(true);
    const opening = cudaDriver(createNodePlatform(nodeWith(importModule, false))).open(request);
    await expect(opening).rejects.toMatchObject({ remedy: 'Open it in the main thread, or in a child process of its own.' });
    expect(imported).toEqual([]);
  });

  test('finds its environment set before it loads, a value of the user kept', async () => {
    const seen: Record<string, string | undefined>[] = [];
    const environment: Record<string, string | undefined> = { TF_CPP_MIN_LOG_LEVEL: '0' };
    const { importModule } = binding(false);
    const node: NodeProcess = {
      isMainThread: true,
      environment,
      importModule: (name) => {
        seen.push({ ...environment });
        return importModule(name);
      },
    };
    await tensorflowDriver(createNodePlatform(node)).open(request);
    expect(seen).toEqual([{ TF_CPP_MIN_LOG_LEVEL: '0', TF_FORCE_GPU_ALLOW_GROWTH: 'true' }]);
  });

  test('leaves nothing in the table of backends that ops could fall back to', async () => {
    await tensorflowDriver(createNodePlatform(nodeWith(binding(false).importModule))).open(request);
    expect(Object.keys(engine().registryFactory)).not.toContain('tensorflow');
  });
});

test('what Node 23 removed from util is put back, and what is there is left alone', () => {
  const own = (): boolean => true;
  const modern: { isNullOrUndefined?: (value: unknown) => boolean; isArray?: (value: unknown) => boolean } = { isArray: own };
  restoreUtil(modern);
  expect(modern.isArray).toBe(own);
  expect([null, undefined, 0, ''].map((value) => modern.isNullOrUndefined?.(value))).toEqual([true, true, false, false]);
});
