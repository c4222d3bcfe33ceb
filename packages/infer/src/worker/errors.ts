/** Errors across threads: cloning keeps their text and loses their class. */
import * as core from '@munit/core';
import { ModelSourceError, TorchFileError } from '@munit/formats';

export interface ErrorMessage {
  readonly name: string;
  /** Of an error of munit the problem alone. */
  readonly message: string;
  readonly code?: core.MunitErrorCode | undefined;
  readonly remedy?: core.Remedy | undefined;
  readonly stack?: string | undefined;
}

type ErrorClass = new (message: string, options?: core.MunitErrorOptions) => core.MunitError;

const classes: Readonly<Record<string, ErrorClass>> = {
  AbortedError: core.AbortedError,
  ArgumentError: core.ArgumentError,
  CheckpointMismatchError: core.CheckpointMismatchError,
  DataError: core.DataError,
  DeviceError: core.DeviceError,
  DeviceLostError: core.DeviceLostError,
  DeviceUnavailableError: core.DeviceUnavailableError,
  ModelSourceError,
  NonFiniteError: core.NonFiniteError,
  OutOfMemoryError: core.OutOfMemoryError,
  SafetensorsError: core.SafetensorsError,
  ShapeError: core.ShapeError,
  TorchFileError,
};

export function sendError(error: unknown): ErrorMessage {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { message, stack } = error;
  // A minified page calls its classes by other names than its worker does.
  const name = Object.keys(classes).find((known) => error instanceof classes[known]!) ?? error.name;
  if (!(error instanceof core.MunitError)) return { name, message, stack };
  return { name, message: error.problem, code: error.code, remedy: error.remedy, stack };
}

/** The same class, code, message and remedy as in the worker; the worker's stack as `cause`. */
export function reviveError({ name, message, code, remedy, stack }: ErrorMessage): Error {
  const cause = { stack };
  if (code === undefined) return Object.assign(new Error(message, { cause }), { name });
  const Known = Object.hasOwn(classes, name) ? classes[name] : undefined;
  return Known === undefined ? new core.MunitError(code, message, { cause, remedy }) : new Known(message, { cause, remedy });
}
