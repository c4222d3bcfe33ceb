import { engine, type KernelBackend } from '@tensorflow/tfjs-core';
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { nodeWith, notInstalled } from '../../../test/nodeProcess.js';
import { createNodePlatform } from '../platform/createNode.js';
import type { NodeProcess } from '../importPeer.js';
import { cudaDriver, tensorflowDriver } from './driver.js';
import { restoreUtil } from './repairs.js';

const fakeBackend = (usesGpu: boolean, version = '2.9.1'): KernelBackend =>
  Object.assign(new MathBackendCPU(), { isUsingGpuDevice: usesGpu, binding: { TF_Version: version } });

/** What importing the binding does: it registers a backend under 'tensorflow' and sets it. */
function binding(usesGpu: boolean): { imported: string[]; importModule: NodeProcess['importModule'] } {
  const imported: string[] = [];
  return {
    imported,
    importModule: async (name) => {
      imported.push(name);
      const backend = fakeBackend(usesGpu);
      engine().registerBackend('tensorflow', () => backend);
      await engine().setBackend('tensorflow');
    },
  };
}

const request = { options: {}, refuseSoftware: false };

const folder = mkdtempSync(join(tmpdir(), 'munit-addon-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const addonIn = (manifest: object): Record<string, string> => {
  writeFileSync(join(folder, 'addon.json'), JSON.stringify(manifest));
  return { MUNIT_TENSORFLOW_ADDON: folder };
};

describe('without an addon or a package', () => {
  test.each([
    ['cuda', '@tensorflow/tfjs-node-gpu', cudaDriver, 'node build.mjs --gpu'],
    ['tensorflow', '@tensorflow/tfjs-node', tensorflowDriver, 'node build.mjs.'],
  ] as const)('%s says so, and names the command that builds it', async (_, name, driver, command) => {
    const opening = driver(createNodePlatform(nodeWith(notInstalled))).open(request);
    await expect(opening).rejects.toMatchObject({ reason: `there is no addon of TensorFlow, and the package '${name}' is not installed` });
    await expect(opening).rejects.toHaveProperty('remedy', expect.stringContaining(command));
  });

  test('a named folder without an addon is an error, not a reason to look elsewhere', async () => {
    const environment = { MUNIT_TENSORFLOW_ADDON: join(folder, 'nothing') };
    const opening = tensorflowDriver(createNodePlatform(nodeWith(binding(false).importModule, { environment }))).open(request);
    await expect(opening).rejects.toMatchObject({
      reason: `MUNIT_TENSORFLOW_ADDON names ${join(folder, 'nothing')}, which has no addon.json`,
      remedy: `Build the addon there: node build.mjs --out ${join(folder, 'nothing')}`,
    });
  });

  test('an addon of another form has to be rebuilt', async () => {
    const environment = addonIn({ format: 0, tensorflow: '2.16.2', gpu: false });
    const opening = tensorflowDriver(createNodePlatform(nodeWith(notInstalled, { environment }))).open(request);
    await expect(opening).rejects.toMatchObject({ reason: `the addon in ${folder} was built for another version of munit` });
  });
});

describe('an addon', () => {
  const cpuAddon = { format: 1, tensorflow: '2.20.0', gpu: false };

  test('is taken before a package, and seen with no GPU where the CPU is wanted', async () => {
    const environment: Record<string, string | undefined> = { ...addonIn({ ...cpuAddon, gpu: true }), CUDA_VISIBLE_DEVICES: '1' };
    const { imported, importModule } = binding(false);
    const seen: (string | undefined)[] = [];
    const node = nodeWith(importModule, {
      environment,
      loadAddon: () => {
        seen.push(environment['CUDA_VISIBLE_DEVICES'], environment['TF_NUM_INTRAOP_THREADS']);
        return fakeBackend(false, '2.20.0');
      },
    });
    const opened = await tensorflowDriver(createNodePlatform(node)).open({ ...request, options: { threads: 3 } });
    expect(opened).toMatchObject({ description: `TensorFlow 2.20.0 on the CPU (the addon in ${folder})`, details: { threads: 3, gpu: false } });
    expect([...seen, environment['CUDA_VISIBLE_DEVICES']]).toEqual(['-1', '3', '1']);
    expect(imported).toEqual([]);
  });

  test('for the CPU is refused as cuda', async () => {
    const node = nodeWith(notInstalled, { environment: addonIn(cpuAddon), loadAddon: () => fakeBackend(false) });
    await expect(cudaDriver(createNodePlatform(node)).open(request)).rejects.toMatchObject({
      reason: `the addon in ${folder} is for the CPU, and the package '@tensorflow/tfjs-node-gpu' is not installed`,
    });
  });

  test('that does not load says why, and how to rebuild it', async () => {
    const environment = addonIn({ ...cpuAddon, gpu: true });
    const loadAddon = (): never => {
      throw new Error('libtensorflow_cc.so.2: cannot open shared object file\nsomewhere');
    };
    await expect(cudaDriver(createNodePlatform(nodeWith(notInstalled, { environment, loadAddon }))).open(request)).rejects.toMatchObject({
      reason: `the addon in ${folder} does not load: libtensorflow_cc.so.2: cannot open shared object file`,
      remedy: `Rebuild it: node build.mjs --gpu --out ${folder}`,
    });
  });

  test('cannot change its number of threads once it is loaded', async () => {
    const platform = createNodePlatform(nodeWith(notInstalled, { environment: addonIn(cpuAddon), loadAddon: () => fakeBackend(false) }));
    await tensorflowDriver(platform).open(request);
    await expect(tensorflowDriver(platform).open({ ...request, options: { threads: 2 } })).rejects.toThrow('was loaded with 4 threads, but 2 were asked for');
  });
});

describe('the package', () => {
  test('on a GPU is cuda, and not tensorflow', async () => {
    const platform = createNodePlatform(nodeWith(binding(true).importModule));
    const opened = await cudaDriver(platform).open(request);
    expect(opened).toMatchObject({
      tfjsName: 'tensorflow',
      description: "TensorFlow 2.9.1 on the GPU ('@tensorflow/tfjs-node-gpu')",
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
    expect(await tensorflowDriver(platform).open(request)).toMatchObject({ description: "TensorFlow 2.9.1 on the CPU ('@tensorflow/tfjs-node-gpu')" });
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
    const opening = cudaDriver(createNodePlatform(nodeWith(importModule, { isMainThread: false }))).open(request);
    await expect(opening).rejects.toMatchObject({ remedy: 'Open it in the main thread, or in a child process of its own.' });
    expect(imported).toEqual([]);
  });

  test('finds its environment set before it loads, a value of the user kept', async () => {
    const seen: Record<string, string | undefined>[] = [];
    const environment: Record<string, string | undefined> = { MUNIT_TENSORFLOW_ADDON: '', TF_CPP_MIN_LOG_LEVEL: '0' };
    const { importModule } = binding(false);
    const node = nodeWith(
      (name) => {
        seen.push({ ...environment });
        return importModule(name);
      },
      { environment },
    );
    await tensorflowDriver(createNodePlatform(node)).open(request);
    expect(seen).toEqual([{ MUNIT_TENSORFLOW_ADDON: '', TF_CPP_MIN_LOG_LEVEL: '0', TF_FORCE_GPU_ALLOW_GROWTH: 'true', CUDA_VISIBLE_DEVICES: '-1' }]);
    expect(environment).not.toHaveProperty('CUDA_VISIBLE_DEVICES');
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
