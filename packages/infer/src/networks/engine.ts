/** A device with a model on it, and what happens when the device is lost. */
import { ArgumentError, type Device, DeviceLostError, type DeviceMemory, domains, memory, MunitError, OutOfMemoryError, type PerDomain, type Tensor, tidy } from '@munit/core';
import type { GeneratorsArchitecture } from '@munit/formats';
import { type GeneratorNetworks, type Network, upload } from './network.js';

export interface EngineParts {
  readonly architecture: GeneratorsArchitecture;
  readonly model: GeneratorNetworks;
  /** Opens the device; once more after each loss. */
  readonly open: () => Promise<Device>;
  /** Whether the device is disposed of with the engine. */
  readonly ownsDevice: boolean;
}

/** Devices that can be lost while the process lives on. */
const losable = (device: Device): boolean => device.name === 'webgpu';

/** Both generators on a device. Owns them. */
export class Engine {
  readonly #parts: Omit<EngineParts, 'model'>;
  /** Kept in memory only where the device may be lost. */
  #model: GeneratorNetworks | undefined;
  #device: Device;
  #networks: PerDomain<Network>;
  #recovering: Promise<void> | undefined;
  #generation = 0;
  /** Between a loss and a device that works again. */
  #down = false;
  #disposed = false;

  private constructor(parts: EngineParts, device: Device, networks: PerDomain<Network>) {
    const { model, ...rest } = parts;
    this.#parts = rest;
    this.#device = device;
    this.#networks = networks;
    this.#model = 'networks' in model && parts.ownsDevice && losable(device) ? model : undefined;
  }

  static async open(parts: EngineParts): Promise<Engine> {
    const device = await parts.open();
    try {
      device.activate();
      return new Engine(parts, device, upload(parts.architecture, parts.model));
    } catch (error) {
      if (parts.ownsDevice) device.dispose();
      throw error;
    }
  }

  get device(): Device {
    return this.#device;
  }

  get networks(): PerDomain<Network> {
    return this.#networks;
  }

  /** Counts devices: what was made on an earlier one is gone. */
  get generation(): number {
    return this.#generation;
  }

  get recoverable(): boolean {
    return this.#model !== undefined;
  }

  /** What the device holds; between a loss and its recovery what the process does. @throws ArgumentError when disposed of */
  memory(): DeviceMemory {
    if (this.#disposed) throw new ArgumentError('The translator was disposed of.', { remedy: 'Load it again.' });
    if (!this.#down) return this.#device.memory();
    const { numTensors, numBytes } = memory();
    return { tensors: numTensors, bytes: numBytes, allocatedBytes: undefined };
  }

  /** @throws ArgumentError when disposed of; DeviceLostError when the device is lost */
  activate(): void {
    if (this.#disposed) throw new ArgumentError('The translator was disposed of.', { remedy: 'Load it again.' });
    if (this.#down) throw new DeviceLostError('The device was lost and has not come back.', { remedy: 'Call recover(), or load the model again.' });
    this.#device.activate();
  }

  /**
   * Runs `work` on the device and gives its tensor, which the caller owns; all others are freed.
   * @throws OutOfMemoryError, DeviceError or DeviceLostError naming `what`
   */
  async run<T extends Tensor>(what: string, work: (networks: PerDomain<Network>) => T): Promise<T> {
    this.activate();
    let made: T | undefined;
    try {
      return await this.#device.scope(what, () => (made = tidy(() => work(this.#networks))));
    } catch (error) {
      made?.dispose();
      throw asKnown(error, what);
    }
  }

  /** Opens the device again and uploads the model; once for all concurrent callers. @throws DeviceLostError when the weights are not at hand */
  async recover(): Promise<void> {
    this.#recovering ??= this.#reopen().finally(() => (this.#recovering = undefined));
    return this.#recovering;
  }

  async #reopen(): Promise<void> {
    const { architecture, open } = this.#parts;
    if (this.#disposed) throw new ArgumentError('The translator was disposed of.', { remedy: 'Load it again.' });
    if (this.#model === undefined) {
      throw new DeviceLostError('The device was lost, and this translator does not hold the weights to start again.', { remedy: 'Load the model again.' });
    }
    if (!this.#down) this.#release();
    this.#down = true;
    this.#generation += 1;
    const device = await open();
    device.activate();
    this.#networks = upload(architecture, this.#model);
    this.#device = device;
    this.#down = false;
  }

  #release(): void {
    for (const domain of domains) this.#networks[domain].dispose();
    if (this.#parts.ownsDevice) this.#device.dispose();
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#model = undefined;
    if (!this.#down) this.#release();
  }
}

/** The SIMD backend has errors of its own. */
function asKnown(error: unknown, what: string): unknown {
  if (error instanceof MunitError || !(error instanceof Error)) return error;
  const memory = ('code' in error && error.code === 'memory') || error instanceof RangeError;
  if (!memory) return error;
  return new OutOfMemoryError(`${what} needs more memory than the device can give.`, {
    cause: error,
    remedy: { id: 'set-memory-limit', text: 'Use a smaller image, or set memoryLimit to what there is: it is then translated in bands.' },
  });
}
