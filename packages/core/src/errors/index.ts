import { asRemedy, type Remedy } from './remedy.js';

export type { Remedy, RemedyId } from './remedy.js';

/** Stable names of the kinds of errors that munit raises on purpose, made for programs. */
export type MunitErrorCode =
  | 'SHAPE'
  | 'ARGUMENT'
  | 'DEVICE_UNAVAILABLE'
  | 'DEVICE_LOST'
  | 'DEVICE'
  | 'SAFETENSORS'
  | 'CHECKPOINT'
  | 'CONFIG'
  | 'DATA'
  | 'NON_FINITE'
  | 'OUT_OF_MEMORY'
  | 'RUN_FOLDER'
  | 'ABORTED'
  | 'GRADIENT'
  | 'CHANNEL'
  | 'QUEUE_FULL';

/** What an error may say besides what went wrong. */
export interface MunitErrorOptions {
  /** What the reader should do about it; its text is appended to the message. A string is advice that suits every program. */
  readonly remedy?: string | Remedy | undefined;
  /** The error that led to this one. */
  readonly cause?: unknown;
}

/**
 * Base class of all errors that munit raises on purpose. The message says what was expected, what was found instead (`problem`), and
 * what to do (`remedy`).
 */
export class MunitError extends Error {
  /** The kind of error, for programs. */
  readonly code: MunitErrorCode;
  /** What went wrong: the message without the remedy. */
  readonly problem: string;
  /** What to do about it. */
  readonly remedy: Remedy | undefined;

  constructor(code: MunitErrorCode, message: string, options: MunitErrorOptions = {}) {
    const remedy = options.remedy === undefined ? undefined : asRemedy(options.remedy);
    super(remedy === undefined ? message : `${message} ${remedy.text}`, options.cause === undefined ? undefined : { cause: options.cause });
    // Ours say their names in full: a minified page calls its classes by other ones.
    this.name = new.target.name;
    this.code = code;
    this.problem = message;
    this.remedy = remedy;
  }
}

/** A tensor or image has a shape that the operation cannot take. */
export class ShapeError extends MunitError {
  override readonly name: string = 'ShapeError';

  constructor(message: string, options?: MunitErrorOptions) {
    super('SHAPE', message, options);
  }
}

/** An argument is outside what the function accepts (an unknown option, a negative size). */
export class ArgumentError extends MunitError {
  override readonly name: string = 'ArgumentError';

  constructor(message: string, options?: MunitErrorOptions) {
    super('ARGUMENT', message, options);
  }
}

/** The device that was asked for by name cannot be used here. */
export class DeviceUnavailableError extends MunitError {
  override readonly name: string = 'DeviceUnavailableError';

  constructor(message: string, options?: MunitErrorOptions) {
    super('DEVICE_UNAVAILABLE', message, options);
  }
}

/** The device went away under its holders (a driver reset, a suspended laptop): its tensors are gone, and opening it again may work. */
export class DeviceLostError extends MunitError {
  override readonly name: string = 'DeviceLostError';

  constructor(message: string, options?: MunitErrorOptions) {
    super('DEVICE_LOST', message, options);
  }
}

/** The device refused work that it was given; without this error its results would be silently wrong. */
export class DeviceError extends MunitError {
  override readonly name: string = 'DeviceError';

  constructor(message: string, options?: MunitErrorOptions) {
    super('DEVICE', message, options);
  }
}

/** A safetensors file is truncated, inconsistent or of an unknown kind. */
export class SafetensorsError extends MunitError {
  override readonly name: string = 'SafetensorsError';

  constructor(message: string, options?: MunitErrorOptions) {
    super('SAFETENSORS', message, options);
  }
}

/** A checkpoint or model does not fit the networks that should take it. */
export class CheckpointMismatchError extends MunitError {
  override readonly name: string = 'CheckpointMismatchError';

  constructor(message: string, options?: MunitErrorOptions) {
    super('CHECKPOINT', message, options);
  }
}

/** A configuration has an unknown key or a value out of range. */
export class ConfigError extends MunitError {
  override readonly name: string = 'ConfigError';

  constructor(message: string, options?: MunitErrorOptions) {
    super('CONFIG', message, options);
  }
}

/** Image data is missing, broken or unusable. */
export class DataError extends MunitError {
  override readonly name: string = 'DataError';

  constructor(message: string, options?: MunitErrorOptions) {
    super('DATA', message, options);
  }
}

/** A value that must be finite is NaN or infinite; names the quantity and, in training, the step. */
export class NonFiniteError extends MunitError {
  override readonly name: string = 'NonFiniteError';

  constructor(message: string, options?: MunitErrorOptions) {
    super('NON_FINITE', message, options);
  }
}

/**
 * Work needs more memory than there is. An estimate says so before the work starts; a GPU, or a page's heap, only when it runs out, and
 * what was being computed is lost.
 */
export class OutOfMemoryError extends MunitError {
  override readonly name: string = 'OutOfMemoryError';

  constructor(message: string, options?: MunitErrorOptions) {
    super('OUT_OF_MEMORY', message, options);
  }
}

/** A run folder is in use, damaged, or cannot be written. */
export class RunFolderError extends MunitError {
  override readonly name: string = 'RunFolderError';

  constructor(message: string, options?: MunitErrorOptions) {
    super('RUN_FOLDER', message, options);
  }
}

/** The caller's AbortSignal stopped the work. */
export class AbortedError extends MunitError {
  override readonly name: string = 'AbortedError';

  constructor(message = 'The work was aborted by its AbortSignal.', options?: MunitErrorOptions) {
    super('ABORTED', message, options);
  }
}

/** A gradient was asked of something that has none. */
export class GradientError extends MunitError {
  override readonly name: string = 'GradientError';

  constructor(message: string, options?: MunitErrorOptions) {
    super('GRADIENT', message, options);
  }
}

/** A worker, thread or process cannot answer: its program did not load, it failed, or it ended. */
export class ChannelError extends MunitError {
  override readonly name: string = 'ChannelError';
  /** What happened, where that is known: `exit code 3`, `SIGKILL`, or the message of an uncaught error. */
  readonly reason: string | undefined;

  constructor(message: string, options: MunitErrorOptions & { readonly reason?: string | undefined } = {}) {
    super('CHANNEL', message, options);
    this.reason = options.reason;
  }
}

/** Too many calls wait already: this one was refused at once, and may be made again later. */
export class QueueFullError extends MunitError {
  override readonly name: string = 'QueueFullError';

  constructor(message: string, options?: MunitErrorOptions) {
    super('QUEUE_FULL', message, options);
  }
}
