/** Checks of options at the door: what was expected, what was given, what to do. */
import { ArgumentError } from '@munit/core';

/** @throws ArgumentError for a key outside `known` (a misspelt option would otherwise be ignored) */
export function checkKeys(where: string, options: object, known: readonly string[]): void {
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) {
      throw new ArgumentError(`${where}: there is no option '${key}'.`, { remedy: `Known are ${known.join(', ')}.` });
    }
  }
}

/** @throws ArgumentError unless `value` is one of `allowed` */
export function checkOneOf<T extends string>(where: string, name: string, value: T, allowed: readonly T[]): void {
  if (!allowed.includes(value)) {
    throw new ArgumentError(`${where}: '${name}' must be one of ${allowed.join(', ')}, but it is '${String(value)}'.`, {
      remedy: 'Choose one of these names.',
    });
  }
}

/** @throws ArgumentError unless `value` is a whole number of at least `minimum` */
export function checkInteger(where: string, name: string, value: number, minimum: number): void {
  if (!Number.isInteger(value) || value < minimum) {
    throw new ArgumentError(`${where}: '${name}' must be a whole number of at least ${minimum}, but it is ${String(value)}.`, {
      remedy: 'Correct the option.',
    });
  }
}
