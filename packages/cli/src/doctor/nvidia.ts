/** NVIDIA's cards, driver and libraries. */
import type { Probes } from './probes.js';
import type { Card, Nvidia } from './types.js';

/** What TensorFlow with CUDA loads when it first sees a GPU. */
const libraryNames = ['libcuda.so.1', 'libcudart.so', 'libcublas.so', 'libcublasLt.so', 'libcudnn.so', 'libcufft.so', 'libcusolver.so', 'libcusparse.so'] as const;

export async function findNvidia(probes: Probes, addonFolder: string): Promise<Nvidia> {
  const [cards, banner] = await Promise.all([findCards(probes), probes.run('nvidia-smi', [], { seconds: 20 })]);
  const module = probes.read('/proc/driver/nvidia/version') ?? probes.read('/sys/module/nvidia/version');
  return {
    cards,
    driver: /(?:Kernel Module(?: for \S+)?\s+|^)(\d+\.\d+(?:\.\d+)?)/m.exec(module ?? '')?.[1] ?? /Driver Version:\s*([\d.]+)/.exec(banner.stdout)?.[1],
    cuda: /CUDA Version:\s*([\d.]+)/.exec(banner.stdout)?.[1],
    libraries: probes.platform === 'linux' ? await findLibraries(probes, addonFolder) : [],
  };
}

async function findCards(probes: Probes): Promise<readonly Card[]> {
  const { code, stdout } = await probes.run('nvidia-smi', ['--query-gpu=name,memory.total,compute_cap', '--format=csv,noheader'], { seconds: 20 });
  if (code !== 0) return [];
  return stdout
    .split('\n')
    .map((line) => line.split(',').map((part) => part.trim()))
    .flatMap(([name, memory, computeCapability]) =>
      name === undefined || memory === undefined || computeCapability === undefined ? [] : [{ name, memory, computeCapability }],
    );
}

/** Looks where the loader of libraries looks, where CUDA is usually put, and beside the addon. */
async function findLibraries(probes: Probes, addonFolder: string): Promise<Nvidia['libraries']> {
  const { stdout } = await probes.run('ldconfig', ['-p'], { seconds: 20 });
  const cached = stdout.split('\n').flatMap((line) => /=>\s*(\S+)/.exec(line)?.[1] ?? []);
  const named = (probes.environment['LD_LIBRARY_PATH'] ?? '').split(':').filter((folder) => folder !== '');
  const beside = probes.list(`${addonFolder}/nvidia`).map((part) => `${addonFolder}/nvidia/${part}/lib`);
  const usual = ['/usr/local/cuda/lib64', '/usr/local/nvidia/lib64', '/usr/lib/x86_64-linux-gnu', '/usr/lib/wsl/lib', '/usr/lib64'];
  const paths = [...[...beside, ...named].flatMap((folder) => pathsIn(probes, folder)), ...cached, ...usual.flatMap((folder) => pathsIn(probes, folder))];
  return libraryNames.map((name) => ({ name, path: paths.find((path) => path.slice(path.lastIndexOf('/') + 1).startsWith(name)) }));
}

const pathsIn = (probes: Probes, folder: string): string[] =>
  probes
    .list(folder)
    .filter((file) => /^lib(cu|nv)/.test(file))
    .map((file) => `${folder}/${file}`);
