/** Values that an evaluation measures item by item: kept in its folder, and joined from those of shards. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '@munit/core';
import { writeFileAtomically } from '@munit/formats/node';
import type { Progress } from './translations.js';

/** Where parts are kept, and who hears of them. */
export interface PartContext {
  /** Folder of the evaluation, or of a shard of it. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly onProgress: Progress;
}

interface Values<T> {
  readonly places: readonly number[];
  readonly values: readonly T[];
}

/** JSON knows neither NaN nor the infinities. */
const unwritable = new Map<unknown, number>([NaN, Infinity, -Infinity].map((value) => [`number ${value}`, value]));

/** As JSON, with every number that JSON would lose as a text. */
export const writeJson = (value: unknown): string => JSON.stringify(value, (_, part: unknown) => (typeof part === 'number' && !Number.isFinite(part) ? `number ${part}` : part));

/** What `writeJson` wrote. */
export const readJson = (text: string): unknown => JSON.parse(text, (_, part: unknown) => unwritable.get(part) ?? part);

const read = <T>(text: string | undefined): Values<T> | undefined => (text === undefined ? undefined : (readJson(text) as Values<T>));

/**
 * A value for each place, as the file has it: measured unless the file holds these places.
 * @param what is being done, for anyone who waits
 */
export async function keptValues<T>({ folder, signal, onProgress }: PartContext, name: string, places: readonly number[], what: string, measure: (place: number) => Promise<T>): Promise<readonly T[]> {
  const path = join(folder, 'parts', `${name}.json`);
  const stored = read<T>(await readFile(path, 'utf8').catch(() => undefined));
  if (stored !== undefined && stored.places.join() === places.join()) return stored.values;
  const values: T[] = [];
  for (const place of places) {
    signal.throwIfAborted();
    values.push(await measure(place));
    onProgress(what, values.length, places.length);
  }
  const text = writeJson({ places, values });
  await writeFileAtomically(path, new TextEncoder().encode(`${text}\n`));
  return read<T>(text)!.values;
}

/** The order in which parts make the whole: [part, index in it] for each place from 0 on. @throws DataError for a place that is missing or there twice */
export function orderOf(name: string, parts: readonly (readonly number[])[]): readonly (readonly [part: number, index: number])[] {
  const all = parts.flatMap((places, part) => places.map((place, index) => ({ place, at: [part, index] as const }))).sort((a, b) => a.place - b.place);
  if (all.some(({ place }, i) => place !== i)) throw new DataError(`The parts of ${name} that the shards have left do not make a whole.`, { remedy: 'Run all shards again with --no-resume.' });
  return all.map(({ at }) => at);
}

/** The file of all places, of those of parts. @throws DataError */
export function joinValues(name: string, texts: readonly string[]): string {
  const parts = texts.map((text) => read<unknown>(text)!);
  const order = orderOf(name, parts.map(({ places }) => places));
  return `${writeJson({ places: order.map((_, place) => place), values: order.map(([part, index]) => parts[part]!.values[index]) })}\n`;
}
