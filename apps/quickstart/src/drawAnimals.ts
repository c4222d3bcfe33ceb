import { rename, rm } from 'node:fs/promises';
import { type AnimalTruth, animalTruth } from '@munit/data/animals';
import { readAnimalTruth, writeAnimalSet } from '@munit/data/node';

/** What is drawn: see `animals` in settings.ts. */
export interface DrawAnimalsOptions {
  readonly size: number;
  readonly seed: number;
  readonly count: number;
  readonly testCount: number;
}

/**
 * Draws the animals into a folder, unless an earlier run has left the same ones there. They appear in it all at once, and other animals
 * make room for them; anything else that is there stays, and is an error.
 */
export async function drawAnimals(folder: string, options: DrawAnimalsOptions): Promise<'drawn' | 'there'> {
  const there = await readAnimalTruth(folder).catch(() => undefined);
  if (there !== undefined && same(there, animalTruth(options, { train: options.count, test: options.testCount }))) return 'there';
  const part = `${folder}.part`;
  await rm(part, { recursive: true, force: true });
  await writeAnimalSet(part, options);
  if (there !== undefined) await rm(folder, { recursive: true, force: true });
  await rename(part, folder);
  return 'drawn';
}

const same = (one: AnimalTruth, other: AnimalTruth): boolean => JSON.stringify(one) === JSON.stringify(other);
