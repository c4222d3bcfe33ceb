/** The inner seam: what a kind of device has to provide, and how it says that it cannot. */
import type { KernelBackend, Tensor } from '@tensorflow/tfjs-core';
import type { DeviceLostError } from '../errors/index.js';
import type { CapturedUpdate, CapturedWork, DeviceDetails, DeviceName, DeviceOptions, UpdatingWork, WarmUpOptions } from './types.js';

export interface DriverRequest {
  readonly options: DeviceOptions;
  /** Whether an adapter that is software must be refused. */
  readonly refuseSoftware: boolean;
}

/** A kind of device. */
export interface DeviceDriver {
  readonly name: DeviceName;
  /** @throws Unavailable when there is no such device here */
  open(request: DriverRequest): Promise<OpenBackend>;
}

/** A backend that is ready to be registered with TensorFlow.js. Optional members are what only some devices need. */
export interface OpenBackend {
  /** The name under which TensorFlow.js knows the backend and its kernels. */
  readonly tfjsName: string;
  readonly backend: KernelBackend;
  readonly description: string;
  readonly details: DeviceDetails;
  readonly software: boolean;
  /** The program registered the backend itself: it stays when the device goes. */
  readonly borrowed?: boolean;
  readonly loss?: {
    readonly error: () => DeviceLostError | undefined;
    readonly happened: Promise<DeviceLostError>;
  };
  scope?<T>(what: string, work: () => T): Promise<T>;
  warmUp?(work: () => void, options: WarmUpOptions): Promise<void>;
  readonly capture?: (inputs: readonly Tensor[], work: (inputs: readonly Tensor[]) => Tensor) => CapturedWork;
  readonly captureUpdate?: (state: readonly Tensor[], inputs: readonly Tensor[], work: UpdatingWork) => CapturedUpdate;
  synchronize?(): Promise<void>;
  allocatedBytes?(): number;
  trim?(): number;
  /** Frees what lies beneath the backend; called after TensorFlow.js has let the backend go. Not for one that is borrowed. */
  close?(): void | Promise<void>;
}

/** A device that cannot be had: the reason as the rest of a sentence, the remedy as one or more sentences. */
export class Unavailable extends Error {
  readonly reason: string;
  readonly remedy: string;

  constructor(reason: string, remedy: string, cause?: unknown) {
    super(reason, cause === undefined ? undefined : { cause });
    this.name = 'Unavailable';
    this.reason = reason;
    this.remedy = remedy;
  }
}

/** `error` as an Unavailable; one of another kind is a device that broke while it opened. */
export function asUnavailable(error: unknown): Unavailable {
  if (error instanceof Unavailable) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new Unavailable(`it failed to open: ${message}`, 'Run `munit doctor` and look at what it says about this device.', error);
}
