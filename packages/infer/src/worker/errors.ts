/** Errors across threads: cloning keeps their text and loses their class. */
import * as core from '@munit/core';
import { ModelSourceError, TorchFileError } from '@munit/formats';

export interface ErrorMessage {
  readonly name: string;
  readonly message: string;
  readonly code?: core.MunitErrorCode;
  readonly remedy?: string;
  readonly stack?: string;
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
  const common = { name, message, ...(stack === undefined ? {} : { stack }) };
  if (!(error instanceof core.MunitError)) return common;
  return { ...common, code: error.code, ...(error.remedy === undefined ? {} : { remedy: error.remedy }) };
}

/** The same class, code, message and remedy as in the worker; the worker's stack as `cause`. */
export function reviveError({ name, message, code, remedy, stack }: ErrorMessage): Error {
  const cause = { stack };
  if (code === undefined) return Object.assign(new Error(message, { cause }), { name });
  // The constructor appends the remedy again.
  const bare = remedy !== undefined && message.endsWith(` ${remedy}`) ? message.slice(0, -remedy.length - 1) : message;
  const options = { cause, ...(remedy === undefined ? {} : { remedy }) };
  const Known = Object.hasOwn(classes, name) ? classes[name] : undefined;
  return Known === undefined ? new core.MunitError(code, bare, options) : new Known(bare, options);
}
