/** Checks of options at the door, for every package that takes some: what was expected, what was given, what to do. */
import { ArgumentError } from './errors/index.js';

/**
 * Any value as a message shows it: JSON, where there is one, as it came from a file or a request. `String` alone throws for an object whose
 * `toString` is data.
 */
export function shownValue(value: unknown): string {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return String(value);
  try {
    return JSON.stringify(value) ?? `a ${typeof value}`;
  } catch {
    return 'an object that contains itself';
  }
}

/** The names of a function's options as a table, which the compiler holds complete: `{ seed: true, size: true }`. */
export type OptionNames<T> = { readonly [K in keyof T]-?: true };

/**
 * Refuses anything but an object, and options that nothing reads.
 * @param where the function whose options they are, for the message
 * @throws ArgumentError for anything but an object, and for a key outside `known`
 */
export function checkOptions<T extends object>(where: string, options: T, known: OptionNames<T>): void {
  const names = Object.keys(known);
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new ArgumentError(`${where}: the options must be an object, but ${shownValue(options)} came.`, { remedy: `Known options: ${names.join(', ')}.` });
  }
  checkKeys(where, options, names);
}

/**
 * Refuses options that nothing reads: a misspelt one would otherwise be ignored.
 * @param where the function whose options they are, for the message
 * @throws ArgumentError for a key outside `known`
 */
export function checkKeys(where: string, options: object, known: readonly string[]): void {
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) {
      const meant = nearestName(key, known);
      throw new ArgumentError(`${where}: there is no option '${key}'.`, { remedy: `${meant === undefined ? '' : `Did you mean '${meant}'? `}Known options: ${known.join(', ')}.` });
    }
  }
}

/** Edits beyond which a name is not what was meant. */
const FAR = 3;

/** The name that was probably meant by `given`: at most 3 edits from it, and at most half of its letters; undefined where there is none. */
export function nearestName(given: string, names: readonly string[]): string | undefined {
  let [best, least]: [string | undefined, number] = [undefined, FAR + 1];
  for (const name of names) {
    const far = Math.abs(name.length - given.length) > FAR ? Infinity : editDistance(given, name);
    if (far < least && 2 * far <= Math.max(given.length, name.length)) [best, least] = [name, far];
  }
  return best;
}

/** Levenshtein distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/**
 * Checks a choice.
 * @param where the function whose option it is, for the message
 * @throws ArgumentError unless `value` is one of `allowed`
 */
export function checkOneOf<T extends string | number>(where: string, name: string, value: T, allowed: readonly T[]): void {
  if (!allowed.includes(value)) {
    throw new ArgumentError(`${where}: '${name}' must be one of ${allowed.join(', ')}, but it is '${shownValue(value)}'.`, {
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
    throw new ArgumentError(`${where}: '${name}' must be a whole number of at least ${minimum}, but it is ${shownValue(value)}.`, {
      remedy: `Set '${name}' to such a number, ${minimum} for example.`,
    });
  }
}
