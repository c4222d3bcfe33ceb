/** Choosing and opening a device. */
import { ArgumentError, DeviceUnavailableError } from '../errors/index.js';
import { checkInteger, checkOptions, type OptionNames, shownValue } from '../options.js';
import { asUnavailable, type DeviceDriver } from './driver.js';
import { createHandle } from './handle.js';
import type { Lease, SharedDevices } from './shared.js';
import { type Device, type DeviceName, deviceNames, type DeviceOptions, type DeviceProbe, type DeviceRejection } from './types.js';

/** What choosing needs of its surroundings; tests bring their own. */
export interface DeviceWorld {
  /** One driver for every device. */
  readonly drivers: readonly DeviceDriver[];
  readonly shared: SharedDevices;
  environment(name: string): string | undefined;
}

/** Opens what `request` names, or the first of all devices that can be had. */
export async function openDeviceIn(world: DeviceWorld, request: DeviceName | 'auto', options: DeviceOptions): Promise<Device> {
  checkDevice(options);
  if (request === 'auto') return openFirst(world, options);
  const driver = world.drivers.find(({ name }) => name === request);
  if (driver === undefined || !deviceNames.includes(request)) {
    throw new ArgumentError(`Unknown device '${shownValue(request)}'.`, { remedy: `Use one of ${['auto', ...deviceNames].join(', ')}.` });
  }
  const lease = await tryAcquire(world, driver, options, false);
  if ('reason' in lease) throw unavailable(lease);
  return handleOf(driver.name, lease, []);
}

async function openFirst(world: DeviceWorld, options: DeviceOptions): Promise<Device> {
  const refuseSoftware = !(options.allowSoftware ?? world.environment('MUNIT_WEBGPU_SOFTWARE') === '1');
  const rejected: DeviceRejection[] = [];
  for (const driver of inOrder(world.drivers)) {
    const lease = await tryAcquire(world, driver, options, refuseSoftware);
    if (!('reason' in lease)) return handleOf(driver.name, lease, rejected);
    rejected.push(lease);
  }
  throw new DeviceUnavailableError(`No device is available. ${rejected.map(({ name, reason }) => `${name}: ${reason}`).join('; ')}.`, {
    remedy: 'Run `munit doctor`.',
  });
}

/** Tries every device, one after the other, and leaves none open that was not. */
export async function listDevicesIn(world: DeviceWorld, options: DeviceOptions): Promise<DeviceProbe[]> {
  checkDevice(options);
  const probes: DeviceProbe[] = [];
  for (const driver of inOrder(world.drivers)) {
    const lease = await tryAcquire(world, driver, options, false);
    if ('reason' in lease) {
      probes.push({ ...lease, available: false });
      continue;
    }
    const { software, description, details } = lease.backend;
    probes.push({ name: driver.name, available: true, software, description, details });
    lease.release();
  }
  return probes;
}

const inOrder = (drivers: readonly DeviceDriver[]): DeviceDriver[] =>
  [...drivers].sort((a, b) => deviceNames.indexOf(a.name) - deviceNames.indexOf(b.name));

async function tryAcquire(
  world: DeviceWorld,
  driver: DeviceDriver,
  options: DeviceOptions,
  refuseSoftware: boolean,
): Promise<Lease | DeviceRejection> {
  try {
    return await world.shared.acquire(driver, { options, refuseSoftware });
  } catch (error) {
    if (error instanceof ArgumentError) throw error;
    const { reason, remedy } = asUnavailable(error);
    return { name: driver.name, reason, remedy };
  }
}

function handleOf(name: DeviceName, lease: Lease, rejected: readonly DeviceRejection[]): Device {
  const { description, details } = lease.backend;
  return createHandle(name, lease, { taken: name, description, details, rejected });
}

function unavailable({ name, reason, remedy }: DeviceRejection): DeviceUnavailableError {
  return new DeviceUnavailableError(`The device '${name}' is not available: ${reason}.`, { remedy });
}

const optionNames: OptionNames<DeviceOptions> = { threads: true, vectors: true, allowSoftware: true, powerPreference: true, dawnOptions: true, tuneTiles: true };

function checkDevice(options: DeviceOptions): void {
  checkOptions('openDevice', options, optionNames);
  const { threads, vectors, powerPreference } = options;
  if (threads !== undefined) checkInteger('openDevice', 'threads', threads, 1);
  if (vectors !== undefined && vectors !== 128 && vectors !== 256) {
    throw new ArgumentError(`openDevice: 'vectors' must be 128 or 256, but it is ${shownValue(vectors)}.`);
  }
  if (powerPreference !== undefined && !['high-performance', 'low-power'].includes(powerPreference)) {
    throw new ArgumentError(`openDevice: 'powerPreference' must be high-performance or low-power, but it is '${shownValue(powerPreference)}'.`);
  }
}
