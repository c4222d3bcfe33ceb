/** What the doctor finds. `--json` prints it as it is. */
import type { DeviceName, DeviceProbe, SelfTest } from '@munit/core';

export interface Findings {
  readonly munit: string;
  readonly node: string;
  readonly system: string;
  readonly processor: string;
  /** Of the processor's vector instructions, those that matter here. */
  readonly instructions: readonly string[];
  readonly threads: number;
  readonly memoryBytes: number;
  readonly freeMemoryBytes: number;
  readonly disk: readonly Disk[];
  readonly images: ImagesFinding;
  readonly nvidia: Nvidia;
  readonly addon: AddonFinding;
  /** Names of Vulkan's drivers, and whether its loader is there; Linux only. */
  readonly vulkan: { readonly loader: boolean; readonly drivers: readonly string[] };
  readonly devices: readonly DeviceFinding[];
  /** Variables of the environment that change what devices do. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface Disk {
  readonly what: string;
  readonly folder: string;
  readonly freeBytes: number;
}

export interface Nvidia {
  readonly cards: readonly Card[];
  /** The kernel module's version. */
  readonly driver: string | undefined;
  /** The newest CUDA that the driver serves. */
  readonly cuda: string | undefined;
  /** Paths of CUDA's libraries by their short names; absent ones have no path. */
  readonly libraries: readonly { readonly name: string; readonly path: string | undefined }[];
}

export interface Card {
  readonly name: string;
  readonly memory: string;
  /** As 8.9. */
  readonly computeCapability: string;
}

export interface AddonFinding {
  readonly folder: string;
  /** TensorFlow's version; undefined where there is no addon. */
  readonly tensorflow: string | undefined;
  readonly gpu: boolean;
}

/** A device in a process of its own: what it is or why it is not there, whether it computes rightly, and what it said on the way. */
export type DeviceFinding = DeviceProbe & {
  readonly test?: SelfTest;
  /** How long opening took. */
  readonly openMs?: number;
  /** Lines that its libraries printed about the GPU. */
  readonly said: readonly string[];
};

export type { DeviceName };

/** Whether image files can be read; where they cannot, why, and what helps. */
export interface ImagesFinding {
  readonly available: boolean;
  readonly description: string;
  readonly remedy?: string | undefined;
}
