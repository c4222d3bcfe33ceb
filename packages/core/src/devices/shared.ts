/**
 * One device of each kind, shared by counted owners.
 * TensorFlow.js has one table of backends for the whole process, so this file keeps one table of open devices beside it.
 */
import { ArgumentError } from '../errors/index.js';
import { Unavailable, type DeviceDriver, type DriverRequest, type OpenBackend } from './driver.js';
import { currentBackend, register, type Registration, restoreBackend } from './registration.js';
import type { DeviceName } from './types.js';

/** An open device and its registration. */
export interface Opened {
  readonly backend: OpenBackend;
  readonly registration: Registration;
}

/** One owner's share of a device. */
export interface Lease extends Opened {
  /** Makes it the device that ops run on. */
  activate(): boolean;
  /** Gives the share back; the device goes with the last one. */
  release(): void;
}

interface Entry {
  readonly name: DeviceName;
  readonly threads: number | undefined;
  readonly opening: Promise<Opened>;
  opened: Opened | undefined;
  owners: number;
}

export class SharedDevices {
  readonly #entries = new Map<DeviceName, Entry>();
  /** Open devices, the one activated last at the end: where ops go back to when a device is disposed of. */
  #order: Entry[] = [];
  /** The backend that the program itself used last: what it gets back when the last device goes. */
  #programs: string | undefined;
  /** Devices that are being closed. */
  readonly #closing = new Set<Promise<void>>();

  /** A share of the device, opened if it is not. @throws Unavailable */
  async acquire(driver: DeviceDriver, request: DriverRequest): Promise<Lease> {
    this.#notePrograms();
    const entry = this.#join(driver, request);
    entry.owners += 1;
    try {
      const opened = await entry.opening;
      checkThreads(entry, opened, request.options.threads);
      if (request.refuseSoftware && opened.backend.software) throw softwareRefused(opened.backend.description);
      this.#activate(entry);
      return this.#lease(entry, opened);
    } catch (error) {
      this.#release(entry);
      throw error;
    }
  }

  #join(driver: DeviceDriver, request: DriverRequest): Entry {
    const existing = this.#entries.get(driver.name);
    if (existing !== undefined && isUsable(existing)) return existing;
    const { threads } = request.options;
    const entry: Entry = { name: driver.name, threads, opening: this.#open(driver, request), opened: undefined, owners: 0 };
    this.#entries.set(driver.name, entry);
    entry.opening.then(
      (opened) => (entry.opened = opened),
      () => this.#forget(entry),
    );
    return entry;
  }

  async #open(driver: DeviceDriver, request: DriverRequest): Promise<Opened> {
    const backend = await driver.open(request);
    try {
      return { backend, registration: register(backend.tfjsName, backend.backend, { borrowed: backend.borrowed ?? false }) };
    } catch (error) {
      if (backend.borrowed !== true) this.#close(backend);
      throw error;
    }
  }

  #lease(entry: Entry, opened: Opened): Lease {
    let released = false;
    return {
      ...opened,
      activate: () => this.#activate(entry),
      release: () => {
        if (released) return;
        released = true;
        this.#release(entry);
      },
    };
  }

  #notePrograms(): void {
    const current = currentBackend();
    const isOurs = [...this.#entries.values()].some(({ opened }) => opened?.backend.tfjsName === current);
    if (current !== undefined && !isOurs) this.#programs = current;
  }

  #activate(entry: Entry): boolean {
    this.#notePrograms();
    if (entry.opened?.registration.activate() !== true) return false;
    this.#order = [...this.#order.filter((other) => other !== entry), entry];
    return true;
  }

  #release(entry: Entry): void {
    entry.owners -= 1;
    if (entry.owners > 0) return;
    const wasCurrent = entry.opened !== undefined && currentBackend() === entry.opened.backend.tfjsName;
    this.#forget(entry);
    this.#order = this.#order.filter((other) => other !== entry);
    // TensorFlow.js's backend first, for it still frees buffers; then what lies beneath.
    entry.opened?.registration.remove();
    if (entry.opened !== undefined && entry.opened.backend.borrowed !== true) this.#close(entry.opened.backend);
    if (!wasCurrent) return;
    const next = this.#order.at(-1)?.opened;
    if (next !== undefined) next.registration.activate();
    else if (this.#programs !== undefined) restoreBackend(this.#programs);
  }

  #close(backend: OpenBackend): void {
    const closing: Promise<void> = Promise.resolve(backend.close?.())
      .catch(() => undefined)
      .finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }

  /** Resolves when the devices whose last owner has gone have ended, their threads too. */
  async closed(): Promise<void> {
    await Promise.all(this.#closing);
  }

  #forget(entry: Entry): void {
    if (this.#entries.get(entry.name) === entry) this.#entries.delete(entry.name);
  }
}

/** Whether the device is there still: not lost, and not taken out of TensorFlow.js by somebody else. */
function isUsable({ opened }: Entry): boolean {
  return opened === undefined || (opened.backend.loss?.error() === undefined && opened.registration.isRegistered());
}

/** @throws ArgumentError when the device is open already with another number of threads */
function checkThreads({ name, threads: asked }: Entry, { backend }: Opened, threads: number | undefined): void {
  const running = backend.details['threads'];
  if (name !== 'simd' || threads === undefined || threads === asked || threads === running) return;
  throw new ArgumentError(`The device '${name}' is already open with ${String(running)} threads, but ${threads} were asked for.`, {
    remedy: 'Dispose of its other handles first, or leave out `threads`.',
  });
}

export function softwareRefused(description: string): Unavailable {
  return new Unavailable(
    `its only adapter is software (${description})`,
    "Install the GPU's driver; to use the software adapter all the same, ask for 'webgpu' by name, pass allowSoftware, or set MUNIT_WEBGPU_SOFTWARE=1.",
  );
}
