/** A device with a model on it, and what happens when the device is lost. */
import { ArgumentError, type Device, DeviceLostError, type DeviceMemory, domains, memory, MunitError, OutOfMemoryError, type PerDomain, type Tensor, type TensorStorage, tidy } from '@munit/core';
import type { GeneratorsArchitecture } from '@munit/formats';
import { Captures, type RepeatedWork } from './captures.js';
import { type GeneratorNetworks, type Network, upload } from './network.js';

export interface EngineParts {
  readonly architecture: GeneratorsArchitecture;
  readonly model: GeneratorNetworks;
  /** Default float32. */
  readonly storage?: TensorStorage | undefined;
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
  /** Undefined where the weights are the caller's, who may exchange them. */
  #captures: Captures | undefined;
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
    this.#captures = 'networks' in model ? new Captures() : undefined;
    this.#model = 'networks' in model && parts.ownsDevice && losable(device) ? model : undefined;
  }

  static async open(parts: EngineParts): Promise<Engine> {
    const device = await parts.open();
    try {
      return new Engine(parts, device, place(device, parts, parts.model));
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
    try {
      return await this.#attempt(what, work);
    } catch (error) {
      this.#relieve(error);
      throw error;
    }
  }

  async #attempt<T extends Tensor>(what: string, work: (networks: PerDomain<Network>) => T): Promise<T> {
    this.activate();
    let made: T | undefined;
    try {
      return await this.#device.scope(what, () => (made = tidy(() => work(this.#networks))));
    } catch (error) {
      made?.dispose();
      throw asKnown(error, what);
    }
  }

  /**
   * As `run`, for work that is done for image after image: on devices that can, it is captured at the second use of the same shapes.
   * `inputs` are made once the device is in use, and freed.
   */
  async repeat<T extends Tensor>(what: string, repeated: RepeatedWork, inputs: () => readonly Tensor[], work: (networks: PerDomain<Network>, inputs: readonly Tensor[]) => T): Promise<T> {
    const captures = this.#captures;
    const directly = (networks: PerDomain<Network>): T => work(networks, inputs());
    if (captures === undefined) return this.run(what, directly);
    try {
      return await this.#attempt(what, (networks) => captures.run(this.#device, repeated, inputs(), (given) => work(networks, given)) as T);
    } catch (error) {
      // What could be done without captured work must not fail for it.
      if (this.#relieve(error)) return this.#attempt(what, directly);
      throw error;
    }
  }

  /** When memory has run out, gives back what captured work holds. @returns whether there was any, so that another attempt is worth while */
  #relieve(error: unknown): boolean {
    if (!(error instanceof OutOfMemoryError) || this.#captures?.giveUp() !== true) return false;
    this.#device.trim();
    return true;
  }

  /** Opens the device again and uploads the model; once for all concurrent callers. @throws DeviceLostError when the weights are not at hand */
  async recover(): Promise<void> {
    this.#recovering ??= this.#reopen().finally(() => (this.#recovering = undefined));
    return this.#recovering;
  }

  async #reopen(): Promise<void> {
    const { open } = this.#parts;
    if (this.#disposed) throw new ArgumentError('The translator was disposed of.', { remedy: 'Load it again.' });
    if (this.#model === undefined) {
      throw new DeviceLostError('The device was lost, and this translator does not hold the weights to start again.', { remedy: 'Load the model again.' });
    }
    if (!this.#down) this.#release();
    this.#down = true;
    this.#generation += 1;
    const device = await open();
    try {
      this.#networks = place(device, this.#parts, this.#modelStillWanted());
    } catch (error) {
      if (this.#parts.ownsDevice) device.dispose();
      throw error;
    }
    this.#device = device;
    this.#captures = new Captures();
    this.#down = false;
  }

  /** @throws ArgumentError when disposed of meanwhile */
  #modelStillWanted(): GeneratorNetworks {
    if (this.#model === undefined) throw new ArgumentError('The translator was disposed of.', { remedy: 'Load it again.' });
    return this.#model;
  }

  #release(): void {
    this.#captures?.dispose();
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

function place(device: Device, { architecture, storage }: Pick<EngineParts, 'architecture' | 'storage'>, model: GeneratorNetworks): PerDomain<Network> {
  device.activate();
  const networks = upload(architecture, model, storage);
  // The weights as they came, from which the halves were made, are twice as large.
  if (storage === 'float16') device.trim();
  return networks;
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
