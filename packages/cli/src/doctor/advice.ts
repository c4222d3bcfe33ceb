/** What to do next, with the commands that do it. */
import type { DeviceFinding, DeviceName, Findings } from './types.js';

/** The device that `auto` takes: a software adapter is slower than the default, so it is never taken unasked. */
export const takenBy = (devices: readonly DeviceFinding[]): DeviceFinding | undefined =>
  devices.find((device) => device.available && !device.software);

/** Whether something is wrong: no device, or one that computes wrongly. */
export const isIll = ({ devices }: Findings): boolean => takenBy(devices) === undefined || devices.some(({ test }) => test?.passed === false);

/** One piece of advice a line, the most useful first; none for a machine that has nothing to gain. */
export function adviceFor(found: Findings): readonly string[] {
  const advice: string[] = [];
  const absent = (name: DeviceName): (DeviceFinding & { readonly available: false }) | undefined => {
    const device = found.devices.find((one) => one.name === name);
    return device?.available === false ? device : undefined;
  };
  for (const { name, test } of found.devices) {
    if (test?.passed === false) advice.push(`${name} computes wrongly (error ${test.error.toExponential(1)}): do not use it, and report this output.`);
  }
  const { cards, driver, libraries } = found.nvidia;
  const [cuda, webgpu] = [absent('cuda'), absent('webgpu')];
  if (cuda !== undefined && cards.length > 0) {
    advice.push(`cuda: ${cuda.remedy}`);
    const missing = libraries.filter(({ path }) => path === undefined).map(({ name }) => name);
    if (found.addon.gpu && missing.length > 0) advice.push(`cuda: these libraries were not found: ${missing.join(', ')}. Build the addon with --gpu, which brings them, or name their folder in LD_LIBRARY_PATH.`);
    const [least] = found.disk.toSorted((a, b) => a.freeBytes - b.freeBytes);
    if (!found.addon.gpu && least !== undefined && least.freeBytes < 12e9) advice.push(`cuda: the addon needs about 10 GB while it is built, and ${least.folder} has ${gigabytes(least.freeBytes)}.`);
  }
  if (cards.length === 0 && driver !== undefined) advice.push(`An NVIDIA driver (${driver}) is loaded, and nvidia-smi lists no card: in a container, start it with --gpus all (NVIDIA Container Toolkit).`);
  // Without a Vulkan loader on Linux there is nothing that the package could use.
  if (webgpu !== undefined && (found.vulkan.loader || cards.length > 0 || !found.system.startsWith('linux'))) advice.push(`webgpu: ${webgpu.remedy}`);
  if (!found.images.available) advice.push(`Images: ${found.images.remedy ?? 'npm install sharp'}`);
  return advice;
}

export const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
