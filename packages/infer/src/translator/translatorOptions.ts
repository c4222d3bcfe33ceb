/** How a translator is made. */
import type { Device, DeviceName, DeviceOptions, OptionNames, TensorStorage } from '@munit/core';

/** The device that a translator runs on, and how much memory it may take there. */
export interface TranslatorOptions extends Pick<DeviceOptions, 'threads' | 'allowSoftware' | 'powerPreference' | 'dawnOptions' | 'tuneTiles'> {
  /** Default `auto`. An open device stays the caller's. */
  readonly device?: DeviceName | 'auto' | Device | undefined;
  /**
   * How weights and the maps between layers lie in the device's memory. `float16`, on WebGPU only: in half the bytes, which is what a GPU waits
   * for in most layers; sums, statistics and images stay float32. Images of trained
   * models then differ by at most 3e-3 of [−1, 1], 1e-4 on average; those of random weights by up to 1e-2. Default `float32`.
   */
  readonly storage?: TensorStorage | undefined;
  /** The most bytes that the work on one image may take on the device; a larger image goes in bands. Default: what the device says it has. */
  readonly memoryLimit?: number | undefined;
}

/** Their names, by which unknown ones are refused. */
export const translatorNames: OptionNames<TranslatorOptions> = { device: true, threads: true, allowSoftware: true, powerPreference: true, dawnOptions: true, tuneTiles: true, storage: true, memoryLimit: true };
