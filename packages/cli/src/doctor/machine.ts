/** The machine itself: processor, memory, disk, Vulkan, and where the addon is. */
import { join } from 'node:path';
import type { Probes } from './probes.js';
import type { AddonFinding, Disk, Findings } from './types.js';

/** Vector instructions by the names of /proc/cpuinfo, the oldest first. */
const interesting = ['sse4_2', 'avx', 'avx2', 'fma', 'avx512f', 'avx512_vnni', 'avx512_bf16', 'amx_tile', 'neon', 'asimd', 'sve'];

export function findInstructions(probes: Probes): readonly string[] {
  const flags = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(probes.read('/proc/cpuinfo') ?? '')?.[1]?.split(' ') ?? [];
  return interesting.filter((name) => flags.includes(name));
}

/** As core looks for it: MUNIT_TENSORFLOW_ADDON, else the user's cache. */
export function findAddon(probes: Probes): AddonFinding {
  const cache = probes.environment['XDG_CACHE_HOME'] ?? join(probes.home, '.cache');
  const folder = probes.environment['MUNIT_TENSORFLOW_ADDON'] ?? join(cache, 'munit', 'tensorflow');
  const text = folder === '' ? undefined : probes.read(join(folder, 'addon.json'));
  if (text === undefined) return { folder, tensorflow: undefined, gpu: false };
  try {
    const { tensorflow, gpu } = JSON.parse(text) as { readonly tensorflow?: unknown; readonly gpu?: unknown };
    return { folder, tensorflow: String(tensorflow), gpu: gpu === true };
  } catch {
    return { folder, tensorflow: 'unreadable', gpu: false };
  }
}

export function findDisk(probes: Probes): readonly Disk[] {
  const folders: readonly (readonly [string, string])[] = [
    ['this folder', process.cwd()],
    ['home', probes.home],
  ];
  return folders.flatMap(([what, folder]) => {
    const freeBytes = probes.free(folder);
    return freeBytes === undefined ? [] : [{ what, folder, freeBytes }];
  });
}

const loaderFolders = ['/usr/lib', '/usr/lib64', '/usr/local/lib', '/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu'];
const driverFolders = ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d', '/usr/local/share/vulkan/icd.d'];

export function findVulkan(probes: Probes): Findings['vulkan'] {
  const named = (probes.environment['LD_LIBRARY_PATH'] ?? '').split(':').filter((folder) => folder !== '');
  const chosen = probes.environment['VK_DRIVER_FILES'] ?? probes.environment['VK_ICD_FILENAMES'] ?? '';
  return {
    loader: [...named, ...loaderFolders].some((folder) => probes.exists(`${folder}/libvulkan.so.1`)),
    drivers: chosen === '' ? driverFolders.flatMap((folder) => probes.list(folder)) : chosen.split(':'),
  };
}

const variables =
  /^(MUNIT_|VK_(DRIVER_FILES|ICD_FILENAMES)$|CUDA_VISIBLE_DEVICES$|CUDA_CACHE_|TF_(CPP|CUDNN|CUDA|ENABLE|FORCE|GPU|NUM|XLA|DETERMINISTIC)_|XLA_FLAGS$|LD_LIBRARY_PATH$|NVIDIA_(VISIBLE_DEVICES|DRIVER_CAPABILITIES)$|NODE_OPTIONS$)/;

/** Those that are set and change what devices do. */
export function findEnvironment(probes: Probes): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(probes.environment).filter((entry): entry is [string, string] => entry[1] !== undefined && variables.test(entry[0])),
  );
}
