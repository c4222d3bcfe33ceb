import { ArgumentError } from '@munit/core';

export type SettingsRecord = Readonly<Record<string, unknown>>;

/** Options by their official names, each read once; what is left over at the end is refused. */
export class Settings {
  readonly #where: string;
  readonly #values: SettingsRecord;
  readonly #read = new Set<string>(['note']);

  constructor(where: string, values: SettingsRecord) {
    this.#where = where;
    this.#values = values;
  }

  has(name: string): boolean {
    return this.#values[name] !== undefined;
  }

  /** The first of `names` that is there. */
  #find(names: readonly string[]): unknown {
    for (const name of names) this.#read.add(name);
    return names.map((name) => this.#values[name]).find((value) => value !== undefined);
  }

  /** @throws ArgumentError when it is absent or no number */
  number(...names: readonly string[]): number {
    const value = this.#find(names);
    if (typeof value === 'number') return value;
    throw this.#error(names, 'a number', value);
  }

  numberOr(otherwise: number, ...names: readonly string[]): number {
    return this.#find(names) === undefined ? otherwise : this.number(...names);
  }

  /** A name; what names there are is checked by the layer that takes it. @throws ArgumentError when it is not a string */
  text<T extends string>(otherwise: T, ...names: readonly string[]): T {
    const value = this.#find(names) ?? otherwise;
    if (typeof value === 'string') return value as T;
    throw this.#error(names, 'a string', value);
  }

  /** @throws ArgumentError when it is absent or no object */
  record(...names: readonly string[]): SettingsRecord {
    const value = this.#find(names);
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value as SettingsRecord;
    throw this.#error(names, 'an object', value);
  }

  /** @throws ArgumentError for an option that nothing has read */
  finish(...ignored: readonly string[]): void {
    const unknown = Object.keys(this.#values).filter((name) => !this.#read.has(name) && !ignored.includes(name));
    if (unknown.length === 0) return;
    throw new ArgumentError(`${this.#where}: unknown option '${unknown.join("', '")}'.`, { remedy: `Known options: ${[...this.#read].join(', ')}.` });
  }

  #error(names: readonly string[], expected: string, value: unknown): ArgumentError {
    return new ArgumentError(`${this.#where}: '${names[0] as string}' must be ${expected}, but it is ${JSON.stringify(value)}.`, {
      remedy: `Set '${names[0] as string}' to ${expected}.`,
    });
  }
}
