/** Checks of options at the door, for every package that takes some: what was expected, what was given, what to do. */
import { ArgumentError } from './errors/index.js';

/**
 * Refuses options that nothing reads: a misspelt one would otherwise be ignored.
 * @param where the function whose options they are, for the message
 * @throws ArgumentError for a key outside `known`
 */
export function checkKeys(where: string, options: object, known: readonly string[]): void {
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) {
      throw new ArgumentError(`${where}: there is no option '${key}'.`, { remedy: `Known are ${known.join(', ')}.` });
    }
  }
}

/**
 * Checks a choice.
 * @param where the function whose option it is, for the message
 * @throws ArgumentError unless `value` is one of `allowed`
 */
export function checkOneOf<T extends string | number>(where: string, name: string, value: T, allowed: readonly T[]): void {
  if (!allowed.includes(value)) {
    throw new ArgumentError(`${where}: '${name}' must be one of ${allowed.join(', ')}, but it is '${String(value)}'.`, {
      remedy: `Set '${name}' to one of these values.`,
    });
  }
}

/**
 * Checks a count or a size.
 * @param where the function whose option it is, for the message
 * @throws ArgumentError unless `value` is a whole number of at least `minimum`
 */
export function checkInteger(where: string, name: string, value: number, minimum: number): void {
  if (!Number.isSafeInteger(value) || value < minimum) {
    throw new ArgumentError(`${where}: '${name}' must be a whole number of at least ${minimum}, but it is ${String(value)}.`, {
      remedy: `Set '${name}' to such a number, ${minimum} for example.`,
    });
  }
}
