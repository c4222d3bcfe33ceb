/**
 * Errors on their way between threads and processes. Structured cloning keeps an error's text and loses its class and its own
 * properties (code, remedy, path …); JSON loses everything. This codec keeps the class, every property and the chain of causes.
 */
import * as ours from '../errors/index.js';

/** A class that an error can have been of. Its constructor is never called, so it may take whatever it likes. */
export type ErrorClass = abstract new (...args: never[]) => Error;

/** Classes by the name under which they are sent: `{ ModelSourceError, TorchFileError }`. Both ends need the same. */
export type ErrorClasses = Readonly<Record<string, ErrorClass>>;

/** An error as plain data, for `postMessage` and child processes. */
export interface EncodedError {
  /** What the error calls itself. */
  readonly name: string;
  /** The classes of `ErrorClasses`, of core and of JavaScript that it is an instance of, nearest first. */
  readonly classes: readonly string[];
  /** With the remedy. */
  readonly message: string;
  /** Of the thread that threw it. */
  readonly stack: string | undefined;
  /** Its own properties: of munit's errors `code` and `remedy`, of Node's `code`, `path` … */
  readonly properties: Readonly<Record<string, unknown>>;
  /** What it holds of other errors: `cause`, and `errors` of an AggregateError. */
  readonly nested: Readonly<Record<string, EncodedError | readonly EncodedError[]>>;
}

const known: ErrorClasses = {
  AbortedError: ours.AbortedError,
  ArgumentError: ours.ArgumentError,
  ChannelError: ours.ChannelError,
  CheckpointMismatchError: ours.CheckpointMismatchError,
  ConfigError: ours.ConfigError,
  DataError: ours.DataError,
  DeviceError: ours.DeviceError,
  DeviceLostError: ours.DeviceLostError,
  DeviceUnavailableError: ours.DeviceUnavailableError,
  GradientError: ours.GradientError,
  MunitError: ours.MunitError,
  NonFiniteError: ours.NonFiniteError,
  OutOfMemoryError: ours.OutOfMemoryError,
  QueueFullError: ours.QueueFullError,
  RunFolderError: ours.RunFolderError,
  SafetensorsError: ours.SafetensorsError,
  ShapeError: ours.ShapeError,
};

const builtIn: ErrorClasses = { AggregateError, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };

/** Causes may form a circle. */
const MAX_DEPTH = 8;

const isErrors = (value: unknown): value is readonly Error[] => Array.isArray(value) && value.length > 0 && value.every((one) => one instanceof Error);

/** The value, or its text where it cannot be cloned (a function, a socket). */
function sendable(value: unknown): unknown {
  try {
    return structuredClone(value);
  } catch {
    return String(value);
  }
}

/** Names of the known classes along the prototype chain; and what the error is called, also where minified code calls its class otherwise. */
function classesOf(error: Error, classes: ErrorClasses): Pick<EncodedError, 'name' | 'classes'> {
  const named = (all: ErrorClasses): [object, string][] => Object.entries(all).map(([name, one]) => [one.prototype as object, name]);
  const ofMunit = new Map(named({ ...known, ...classes }));
  const names = new Map([...named(builtIn), ...ofMunit]);
  const found: string[] = [];
  for (let prototype: unknown = Object.getPrototypeOf(error); typeof prototype === 'object' && prototype !== null; prototype = Object.getPrototypeOf(prototype)) {
    const name = names.get(prototype);
    if (name !== undefined) found.push(name);
  }
  return { name: ofMunit.get(Object.getPrototypeOf(error) as object) ?? error.name, classes: found };
}

/**
 * What was thrown, as plain data: class, message, stack, own properties and causes. What is not an error becomes one that has it as
 * its cause.
 * @param classes error classes besides those of `@munit/core` and JavaScript
 */
export function encodeError(error: unknown, classes: ErrorClasses = {}, depth = 0): EncodedError {
  if (!(error instanceof Error)) return encodeError(new Error(String(error), { cause: error }), classes, depth);
  const properties: Record<string, unknown> = {};
  const nested: Record<string, EncodedError | EncodedError[]> = {};
  for (const key of Object.getOwnPropertyNames(error)) {
    if (key === 'name' || key === 'message' || key === 'stack') continue;
    const value: unknown = Reflect.get(error, key);
    if (value instanceof Error || isErrors(value)) {
      if (depth >= MAX_DEPTH) continue;
      nested[key] = Array.isArray(value) ? value.map((one) => encodeError(one, classes, depth + 1)) : encodeError(value, classes, depth + 1);
    } else properties[key] = sendable(value);
  }
  return { ...classesOf(error, classes), message: error.message, stack: error.stack, properties, nested };
}

/** Not enumerable, as an error's own properties are that its constructor sets. */
function define(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, { value, configurable: true, writable: true, enumerable: false });
}

/**
 * The error that `encodeError` took apart: of the same class, with the same message, properties and causes, and the stack of the
 * thread that threw it. Where the class is unknown here, it is of the nearest one that is known, and keeps its name.
 */
export function decodeError(encoded: EncodedError, classes: ErrorClasses = {}): Error {
  const { name, message, stack, properties, nested } = encoded;
  const all = new Map(Object.entries({ ...builtIn, ...known, ...classes }));
  const nearest = encoded.classes.find((one) => all.has(one));
  // Real errors, whose class is set afterwards: what a constructor would make of the message (it appends the remedy) is done already.
  const error = new Error(message);
  if (nearest !== undefined) Object.setPrototypeOf(error, all.get(nearest)!.prototype as object);
  if (error.name !== name) define(error, 'name', name);
  if (stack !== undefined) define(error, 'stack', stack);
  for (const [key, value] of Object.entries(properties)) define(error, key, value);
  for (const [key, value] of Object.entries(nested)) {
    define(error, key, Array.isArray(value) ? value.map((one: EncodedError) => decodeError(one, classes)) : decodeError(value as EncodedError, classes));
  }
  return error;
}
