/** Values of options, checked while the command line is read. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { CheckpointName } from '@munit/train/node';
import { InvalidArgumentError } from 'commander';

/** A whole number from `min` to `max`. */
export const wholeNumber =
  (min: number, max: number = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isSafeInteger(value) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(max === Number.MAX_SAFE_INTEGER ? `It must be a whole number from ${min}.` : `It must be a whole number from ${min} to ${max}.`);
  };

/** A number from `min` to `max`. */
export const numberFrom =
  (min: number, max: number) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() !== '' && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a number from ${min} to ${max}.`);
  };

/**
 * A path. `~` stands for the user's folder, as shells have it that do not expand it after `--out=`; `./~` is a folder of that name.
 * @throws InvalidArgumentError when it is empty, as a variable that is not set leaves it
 */
export function pathOf(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It is empty: a path is required.');
  if (text === '~' || /^~[\\/]/.test(text)) return join(homedir(), text.slice(1));
  if (text.startsWith('~') && !existsSync(text)) throw new InvalidArgumentError(`The shell has not replaced '${/^~[^\\/]*/.exec(text)![0]}': write the whole path.`);
  return text;
}

/** Paths of an argument that may be given several times. */
export const pathsOf = (text: string, earlier: readonly string[] = []): string[] => [...earlier, pathOf(text)];

const UNITS = { '': 2 ** 20, B: 1, KIB: 2 ** 10, MIB: 2 ** 20, GIB: 2 ** 30, KB: 1e3, MB: 1e6, GB: 1e9 } as const;

/** An amount of memory, such as 3GiB, 800MB or 1.5 GiB, in bytes; a plain number is in MiB. */
export function memorySize(text: string): number {
  const [, number = '', unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text) ?? [];
  const factor = (UNITS as Readonly<Record<string, number>>)[unit.toUpperCase()];
  const bytes = Math.floor(Number(number) * (factor ?? 0));
  if (number !== '' && bytes > 0) return bytes;
  throw new InvalidArgumentError('It must be an amount of memory, such as 3GiB or 800MiB.');
}

/** Gathers an option that may be given several times. */
export const gather = (text: string, earlier: readonly string[] = []): string[] => [...earlier, text];

/** Which checkpoint of a run. */
export function checkpointName(text: string): string {
  if (text === 'best' || text === 'latest' || /^\d+$/.test(text)) return text;
  throw new InvalidArgumentError("It must be 'best', 'latest' or a step.");
}

/** What `checkpointName` has let through, as the library takes it. */
export const checkpointOf = (text: string): CheckpointName => (text === 'best' || text === 'latest' ? text : Number(text));

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the properties that are undefined: an option left out, rather than given as nothing. */
export const given = <T extends object>(options: T): Given<T> => Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Given<T>;
