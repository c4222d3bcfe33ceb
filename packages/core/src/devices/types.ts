/// <reference lib="esnext.disposable" preserve="true" />
/** What callers see of devices. */
import type { DeviceLostError } from '../errors/index.js';
import type { OptionNames } from '../options.js';
import type { Tensor } from '../tfjs.js';

/** All devices, in the order in which `auto` tries them. */
export const deviceNames = ['cuda', 'webgpu', 'simd', 'tensorflow', 'cpu'] as const;

/** What munit can compute on; `cpu` is TensorFlow.js's plain JavaScript backend, slow and everywhere. */
export type DeviceName = (typeof deviceNames)[number];

/** Options of `openDevice` and `listDevices`. */
export interface DeviceOptions {
  /** `simd`: how many threads; default as many as help on this machine. */
  readonly threads?: number | undefined;
  /** `simd`: widest vectors, in bits. Default 256 where the runtime has them and a self-test finds the same results; 128 does without. */
  readonly vectors?: 128 | 256 | undefined;
  /**
   * `webgpu`: whether `auto` may take an adapter that is software. Asked for by name, any adapter is taken.
   * Default: whether the environment variable `MUNIT_WEBGPU_SOFTWARE` is 1.
   */
  readonly allowSoftware?: boolean | undefined;
  /** `webgpu`: which of several GPUs. Default high-performance. */
  readonly powerPreference?: 'high-performance' | 'low-power' | undefined;
  /** `webgpu` in Node: options of Dawn, as `backend=vulkan` or `enable-dawn-features=skip_validation`. Default none. */
  readonly dawnOptions?: readonly string[] | undefined;
  /**
   * `webgpu`: whether `warmUp` times a few tiles for each large product and keeps the fastest, for this adapter from then on (about
   * 2 s at a time). Default: on a GPU, not on an adapter that is software.
   */
  readonly tuneTiles?: boolean | undefined;
}

/** A device that was passed over or is absent: why, and what to do about it. */
export interface DeviceRejection {
  /** The device that was tried. */
  readonly name: DeviceName;
  /** Why it cannot be used, as the rest of a sentence. */
  readonly reason: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** Facts about a device by name: vendor, threads, versions. */
export type DeviceDetails = Readonly<Record<string, string | number | boolean>>;

/** Which device was taken and why the better ones were not. */
export interface DeviceReport {
  /** The device in use. */
  readonly taken: DeviceName;
  /** One line for people. */
  readonly description: string;
  /** Facts for programs: see each device. */
  readonly details: DeviceDetails;
  /** In the order in which they were tried; empty when a device was asked for by name. */
  readonly rejected: readonly DeviceRejection[];
}

/** What became of trying one device. */
export type DeviceProbe =
  | { readonly name: DeviceName; readonly available: true; readonly software: boolean; readonly description: string; readonly details: DeviceDetails }
  | (DeviceRejection & { readonly available: false });

/** The memory that tensors take. */
export interface DeviceMemory {
  /** Living tensors of this process, of all devices. */
  readonly tensors: number;
  /** Bytes in those tensors. */
  readonly bytes: number;
  /** Bytes that this device holds, free ones for reuse included; undefined where it does not say. */
  readonly allocatedBytes: number | undefined;
}

/** What `Device.warmUp` does besides building programs. */
export interface WarmUpOptions {
  /** Whether tiles are measured too, where `tuneTiles` is on: they hold for the very sizes of `work`. Default true. */
  readonly measure?: boolean | undefined;
}

/** Their names, by which unknown ones are refused. */
export const warmUpNames: OptionNames<WarmUpOptions> = { measure: true };

/** Work that is prepared for being done many times: see `Device.capture`. */
export interface CapturedWork {
  /**
   * Does the work. @returns its result, a new tensor of the caller's, of which gradients are not known
   * @throws ShapeError unless `inputs` have the shapes and types of those at capture; ArgumentError when disposed of; DeviceLostError
   */
  run(inputs: readonly Tensor[]): Tensor;
  /** Bytes that it holds on the device until it is disposed of. */
  readonly bytes: number;
  /** Gives these bytes back. Twice does no harm. */
  dispose(): void;
}

/** Work that updates tensors: consumes `state`, and gives it back with whatever else comes of it. */
export type UpdatingWork = (state: readonly Tensor[], inputs: readonly Tensor[]) => Updated;

/** What an update gives back. */
export interface Updated {
  /** The tensors that were updated, in their order. */
  readonly state: readonly Tensor[];
  /** What else came of it. */
  readonly result: Tensor;
}

/** An update that is prepared for being done many times: see `Device.captureUpdate`. */
export interface CapturedUpdate {
  /**
   * Does the update. Consumes `state`; the caller owns what it gives back, of which gradients are not known.
   * @throws ShapeError unless `inputs` have the shapes and types of those at capture; ArgumentError unless `fits(state)`, or when disposed of; DeviceLostError
   */
  run(state: readonly Tensor[], inputs: readonly Tensor[]): Updated;
  /** Whether `state` lies where it lay at capture. Other work may have put its values elsewhere since: then capture again. */
  fits(state: readonly Tensor[]): boolean;
  /** Bytes that it holds on the device until it is disposed of. */
  readonly bytes: number;
  /** Gives these bytes back; the state stays. Twice does no harm. */
  dispose(): void;
}

/**
 * A device in use. Devices are shared: opening one twice gives two handles on one device, which goes when the last is disposed of.
 * TensorFlow.js runs ops on one device at a time, the one opened or activated last.
 */
export interface Device {
  /** Which device it is. */
  readonly name: DeviceName;
  /** What was taken, and why others were not. */
  readonly report: DeviceReport;
  /** Fulfils with the error if the device is lost (its work then fails with the same error); stays pending otherwise. */
  readonly lost: Promise<DeviceLostError>;
  /** Makes ops and new tensors use this device. @throws DeviceLostError when it is lost, ArgumentError when disposed of. */
  activate(): void;
  /**
   * Runs `work` and waits until the device has checked it. @returns what `work` returned
   * @throws OutOfMemoryError | DeviceError naming `what` when the device refused it
   */
  scope<T>(what: string, work: () => T): Promise<T>;
  /** Prepares the programs that `work` needs (its tensors are thrown away; it may run twice). Await it before other work on this device. */
  warmUp(work: () => void, options?: WarmUpOptions): Promise<void>;
  /**
   * Prepares `work` for many runs on inputs of the shapes and types of `inputs`. On `webgpu` its commands are noted once, with buffers of their
   * own for all that it makes: a run hands them over at once, and runs none of its JavaScript. On other devices a run calls `work`.
   * Results are equal bit for bit to those of `work`.
   *
   * The result must follow from the inputs, and from tensors from outside which stay as they are until the last run: numbers that `work`
   * draws or computes in JavaScript may stay those of the capture. `work` reads nothing, keeps no tensors and disposes of none from outside.
   * @throws ArgumentError on `webgpu` when `work` does; what `work` throws
   */
  capture(inputs: readonly Tensor[], work: (inputs: readonly Tensor[]) => Tensor): CapturedWork;
  /**
   * As `capture`, of work that updates tensors by `adamUpdate` and `emaUpdate`: a training step. Nothing is updated yet. `work` consumes `state`
   * (handles of its own on the tensors given) and gives each tensor of it back, updated or not.
   *
   * On `webgpu` a run overwrites the tensors of `state` in their places, whoever else holds them, and gives the same ones back.
   * @throws ArgumentError as `capture`; on `webgpu` also when a tensor of the state does not come back in its place; what `work` throws.
   * `state` is then as it was
   */
  captureUpdate(state: readonly Tensor[], inputs: readonly Tensor[], work: UpdatingWork): CapturedUpdate;
  /** Waits until all work given so far is done. */
  synchronize(): Promise<void>;
  /** The tensors that exist now, and what the device holds for them. */
  memory(): DeviceMemory;
  /** Gives memory kept for reuse back. @returns the bytes freed */
  trim(): number;
  /** Gives this handle up; the last one takes the device and all its tensors with it. Twice does no harm. */
  dispose(): void;
  /** As `dispose`, at the end of the block of `using device = await openDevice()`. */
  [Symbol.dispose](): void;
}
