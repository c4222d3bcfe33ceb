/** What munit computes on: choosing, opening, sharing and losing it. */
import { platform } from '#platform';
import { cpuDriver } from './cpu.js';
import { type DeviceWorld, listDevicesIn, openDeviceIn } from './open.js';
import { SharedDevices } from './shared.js';
import { simdDriver } from './simd.js';
import { cudaDriver, tensorflowDriver } from './tensorflow/driver.js';
import type { Device, DeviceName, DeviceOptions, DeviceProbe } from './types.js';
import { webgpuDriver } from './webgpu/driver.js';

export {
  type CapturedUpdate,
  type CapturedWork,
  type Device,
  type DeviceDetails,
  type DeviceMemory,
  type DeviceName,
  deviceNames,
  type DeviceOptions,
  type DeviceProbe,
  type DeviceRejection,
  type DeviceReport,
  type Updated,
  type UpdatingWork,
  type WarmUpOptions,
} from './types.js';

const world: DeviceWorld = {
  drivers: [cudaDriver(platform), webgpuDriver(platform), tensorflowDriver(platform), simdDriver, cpuDriver],
  shared: new SharedDevices(),
  environment: (name) => platform.environment(name),
};

/**
 * Opens a device and makes ops run on it.
 *
 * `auto` takes the first that is there of `cuda`, `webgpu` (on a GPU), `simd`, `tensorflow`, `cpu`, and `report.rejected` says why
 * the ones before it were not taken. A device asked for by name is that device or an error, never another one.
 *
 * @throws DeviceUnavailableError with the reason and the remedy when the device is absent
 * @throws ArgumentError for a name or an option that does not exist
 */
export function openDevice(request: DeviceName | 'auto' = 'auto', options: DeviceOptions = {}): Promise<Device> {
  return openDeviceIn(world, request, options);
}

/**
 * Tries every device and says of each what it is, or why it is absent and what to do: what `munit doctor` prints.
 * Devices that were not open are closed again.
 */
export function listDevices(options: DeviceOptions = {}): Promise<DeviceProbe[]> {
  return listDevicesIn(world, options);
}

/**
 * Resolves when every device that was disposed of through its last handle has ended, threads included. Wait for it in a worker before the page
 * terminates that worker: threads that are still ending can outlive it.
 */
export function devicesClosed(): Promise<void> {
  return world.shared.closed();
}
