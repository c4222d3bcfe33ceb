import { describe as suite, expect, test } from 'vitest';
import { adviceFor, isIll } from './advice.js';
import { describe } from './describe.js';
import { examineDevice } from './devices.js';
import { examine } from './examine.js';
import type { Probes, Ran } from './probes.js';
import type { DeviceName, Findings } from './types.js';

const silent: Ran = { code: undefined, stdout: '', stderr: '' };
const answer = (object: object): Ran => ({ code: 0, stdout: `a library greets\n${JSON.stringify(object)}\n`, stderr: '' });

const simd = {
  name: 'simd',
  available: true,
  software: false,
  description: 'WebAssembly relaxed SIMD on 2 threads',
  details: { threads: 2 },
  openMs: 160,
  test: { passed: true, error: 4.6e-6, firstMs: 46, bestMs: 11.2, gflops: 81 },
};
const noCuda = { name: 'cuda', available: false, reason: 'there is no addon of TensorFlow', remedy: 'Build the addon: node build.mjs --gpu.' };

interface Machine {
  readonly files?: Readonly<Record<string, string>>;
  readonly folders?: Readonly<Record<string, readonly string[]>>;
  readonly programs?: Readonly<Record<string, string>>;
  readonly devices?: Partial<Record<DeviceName, Ran>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly freeBytes?: number;
}

/** A machine that has only what it is given. */
function machine({ files = {}, folders = {}, programs = {}, devices = { simd: answer(simd), cuda: answer(noCuda) }, environment = {}, freeBytes = 50e9 }: Machine): Probes {
  return {
    nodeVersion: 'v24.1.0',
    platform: 'linux',
    release: '6.1',
    arch: 'x64',
    home: '/home/someone',
    processor: 'A Processor',
    threads: 8,
    memoryBytes: 32e9,
    freeMemoryBytes: 20e9,
    environment,
    read: (path) => files[path],
    exists: (path) => path in files,
    list: (folder) => folders[folder] ?? [],
    free: () => freeBytes,
    run: async (program, args) => {
      if (program === 'munit') return devices[args.at(-1) as DeviceName] ?? silent;
      const stdout = programs[[program, ...args].join(' ')];
      return stdout === undefined ? silent : { code: 0, stdout, stderr: '' };
    },
  };
}

const images = { available: true, description: 'JPEG, PNG and WebP files can be read.' };
const look = (given: Machine, devices: readonly DeviceName[] = ['cuda', 'simd']): Promise<Findings> =>
  examine(machine(given), { munit: '1.2.3', command: ['munit'], images: async () => images, devices });

const withCard: Machine = {
  programs: {
    'nvidia-smi --query-gpu=name,memory.total,compute_cap --format=csv,noheader': 'NVIDIA H100 80GB HBM3, 81559 MiB, 9.0\n',
    'nvidia-smi': '| NVIDIA-SMI 550.54.15   Driver Version: 550.54.15   CUDA Version: 12.4 |\n',
    'ldconfig -p': '\tlibcuda.so.1 (libc6,x86-64) => /lib/x86_64-linux-gnu/libcuda.so.1\n\tlibz.so.1 (libc6,x86-64) => /lib/libz.so.1\n',
  },
  files: { '/proc/driver/nvidia/version': 'NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.15  Tue Mar  5 22:23:56 UTC 2024\nGCC version: 12.2.0\n' },
  folders: { '/usr/local/cuda/lib64': ['libcudart.so.12', 'libcublas.so.12', 'libcublasLt.so.12'] },
};

suite('on a machine without a GPU', () => {
  test('says what there is, and that nothing is ill', async () => {
    const found = await look({ files: { '/proc/cpuinfo': 'processor\t: 0\nflags\t\t: fpu sse4_2 avx2 fma\n' } });
    expect(found.instructions).toEqual(['sse4_2', 'avx2', 'fma']);
    expect(found.nvidia).toMatchObject({ cards: [], driver: undefined, cuda: undefined });
    expect(isIll(found)).toBe(false);
    expect(adviceFor(found)).toEqual([]);
    const text = describe(found);
    expect(text).toContain('munit      1.2.3\nNode.js    v24.1.0\nSystem     linux 6.1 x64\nProcessor  A Processor, 8 threads (sse4_2 avx2 fma)\n');
    expect(text).toContain('  – cuda        there is no addon of TensorFlow\n                Build the addon: node build.mjs --gpu.\n');
    expect(text).toContain('correct (error 4.6e-6), 11.2 ms (81.0 GFLOP/s), the first 46 ms, opened in 160 ms');
    expect(text).toContain('munit uses simd unless --device names another.');
  });

  test('advises the package webgpu only where Vulkan could use it', async () => {
    const devices = { simd: answer(simd), webgpu: answer({ name: 'webgpu', available: false, reason: 'not installed', remedy: 'Install it.' }) };
    expect(adviceFor(await look({ devices }, ['webgpu', 'simd']))).toEqual([]);
    expect(adviceFor(await look({ devices, files: { '/usr/lib/libvulkan.so.1': '' } }, ['webgpu', 'simd']))).toEqual(['webgpu: Install it.']);
  });

  test('knows an addon, and the environment that matters, and no more of it', async () => {
    const found = await look({
      environment: { MUNIT_TENSORFLOW_ADDON: '/addon', CUDA_VISIBLE_DEVICES: '1', TF_CLI_CONFIG_FILE: 'terraform', HOME: '/home/someone' },
      files: { '/addon/addon.json': '{"format":1,"tensorflow":"2.18.1","gpu":true}' },
    });
    expect(found.addon).toEqual({ folder: '/addon', tensorflow: '2.18.1', gpu: true });
    expect(found.environment).toEqual({ MUNIT_TENSORFLOW_ADDON: '/addon', CUDA_VISIBLE_DEVICES: '1' });
    expect((await look({})).addon).toEqual({ folder: '/home/someone/.cache/munit/tensorflow', tensorflow: undefined, gpu: false });
  });
});

suite('on a machine where images cannot be read', () => {
  test.each([
    [{ available: false, description: 'Decode processes cannot run.', remedy: 'Check that there is memory left.' }, 'Images: Check that there is memory left.'],
    [{ available: false, description: 'x is not a function' }, 'Images: npm install sharp'],
  ])('advises what helps', async (finding, advice) => {
    const found = await examine(machine({}), { munit: '1.2.3', command: ['munit'], images: async () => finding, devices: ['simd'] });
    expect(adviceFor(found)).toEqual([advice]);
    expect(describe(found)).toContain(`Images     – ${finding.description}\n`);
  });

  test('shows control characters of drivers', async () => {
    const found = await look({ devices: { simd: answer({ ...simd, description: 'sim\u001b[2Jd' }) } }, ['simd']);
    expect(describe(found)).toContain('sim\\x1b[2Jd');
  });
});

suite('on a machine with a card', () => {
  test('finds the card, the driver and the libraries', async () => {
    const { nvidia } = await look(withCard);
    expect(nvidia).toMatchObject({ cards: [{ name: 'NVIDIA H100 80GB HBM3', memory: '81559 MiB', computeCapability: '9.0' }], driver: '550.54.15', cuda: '12.4' });
    const path = (name: string): string | undefined => nvidia.libraries.find((library) => library.name === name)?.path;
    expect(path('libcuda.so.1')).toBe('/lib/x86_64-linux-gnu/libcuda.so.1');
    expect(path('libcublas.so')).toBe('/usr/local/cuda/lib64/libcublas.so.12');
    expect(path('libcudnn.so')).toBeUndefined();
  });

  test('tells how to use it, and that the disk is too small for that', async () => {
    const found = await look({ ...withCard, freeBytes: 3e9 });
    expect(adviceFor(found)).toEqual([
      'cuda: Build the addon: node build.mjs --gpu.',
      expect.stringMatching(/^cuda: the addon needs about 10 GB while it is built, and .* has 3\.0 GB\.$/),
    ]);
    expect(describe(found)).toContain('NVIDIA     ✓ NVIDIA H100 80GB HBM3, 81559 MiB, compute capability 9.0; driver 550.54.15, for CUDA up to 12.4\n');
    expect(describe(found)).toContain('not found: libcudnn.so, libcufft.so, libcusolver.so, libcusparse.so');
  });

  test('names the libraries that an addon for it lacks', async () => {
    const files = { ...withCard.files, '/addon/addon.json': '{"format":1,"tensorflow":"2.18.1","gpu":true}' };
    const found = await look({ ...withCard, files, environment: { MUNIT_TENSORFLOW_ADDON: '/addon' } });
    expect(adviceFor(found)[1]).toBe(
      'cuda: these libraries were not found: libcudnn.so, libcufft.so, libcusolver.so, libcusparse.so. Build the addon with --gpu, which brings them, or name their folder in LD_LIBRARY_PATH.',
    );
  });

  test('a driver without its card is a container without its GPU', async () => {
    const found = await look({ files: withCard.files ?? {} });
    expect(adviceFor(found)[0]).toContain('start it with --gpus all');
  });
});

suite('a device that', () => {
  const command = ['munit'];

  test('crashes is a finding with its last words', async () => {
    const stderr = '2026-01-01 10:00:00.123456: W external/xla/gpu_device.cc:2343] Cannot dlopen some GPU libraries.\nE0000 00:00:1.2 33 cuda_dnn.cc:8310] Unable to register cuDNN factory: twice\nterminate called\n';
    const found = await examineDevice('cuda', machine({ devices: { cuda: { code: undefined, stdout: '', stderr, signal: 'SIGSEGV' } } }), command);
    expect(found).toMatchObject({ name: 'cuda', available: false, reason: 'its process was ended by SIGSEGV (terminate called)' });
    expect(found.said).toEqual(['Cannot dlopen some GPU libraries.']);
  });

  test('computes wrongly makes the machine ill', async () => {
    const found = await look({ devices: { simd: answer({ ...simd, test: { ...simd.test, passed: false, error: 0.5 } }) } }, ['simd']);
    expect(isIll(found)).toBe(true);
    expect(adviceFor(found)[0]).toBe('simd computes wrongly (error 5.0e-1): do not use it, and report this output.');
    expect(describe(found)).toContain('WRONG (error 5.0e-1)');
  });

  test('is software does not count as one', async () => {
    const found = await look({ devices: { webgpu: answer({ ...simd, name: 'webgpu', software: true }) } }, ['webgpu']);
    expect(isIll(found)).toBe(true);
    expect(describe(found)).toContain('No device can be used.');
  });
});
