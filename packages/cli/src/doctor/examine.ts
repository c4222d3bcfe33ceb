import { examineDevice, deviceNames } from './devices.js';
import { findAddon, findDisk, findEnvironment, findInstructions, findVulkan } from './machine.js';
import { findNvidia } from './nvidia.js';
import type { Probes } from './probes.js';
import type { DeviceFinding, DeviceName, Findings } from './types.js';

export interface ExamineOptions {
  readonly munit: string;
  /** This program's own command line. */
  readonly command: readonly string[];
  readonly images: () => Promise<Findings['images']>;
  readonly devices?: readonly DeviceName[];
  /** Called with what is looked at next, for it can take a while. */
  readonly onProgress?: (what: string) => void;
}

export async function examine(probes: Probes, { munit, command, images, devices = deviceNames, onProgress }: ExamineOptions): Promise<Findings> {
  const addon = findAddon(probes);
  onProgress?.('the machine');
  const [nvidia, found] = [await findNvidia(probes, addon.folder), await images()];
  const tried: DeviceFinding[] = [];
  // One after another, so that the timings are each device's own.
  for (const name of devices) {
    onProgress?.(`the device ${name}`);
    tried.push(await examineDevice(name, probes, command));
  }
  return {
    munit,
    node: probes.nodeVersion,
    system: `${probes.platform} ${probes.release} ${probes.arch}`,
    processor: probes.processor,
    instructions: findInstructions(probes),
    threads: probes.threads,
    memoryBytes: probes.memoryBytes,
    freeMemoryBytes: probes.freeMemoryBytes,
    disk: findDisk(probes),
    images: found,
    nvidia,
    addon,
    vulkan: findVulkan(probes),
    devices: tried,
    environment: findEnvironment(probes),
  };
}
