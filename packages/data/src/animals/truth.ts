import { DataError } from '@munit/core';
import { sampleName, type Split } from '../synthetic/set.js';
import { coats } from './coats.js';
import { type AnimalSample, type AnimalSetOptions, sampleAnimal } from './sample.js';
import { partCounts } from './types.js';

/** `truth.json` of a set of animals: what every picture shows, so that quality is measured without a pretrained network. */
export interface AnimalTruth {
  readonly format: 'munit-animals';
  readonly version: 1;
  /** Side of every picture in pixels. */
  readonly size: number;
  /** The seed that the factors were drawn from. */
  readonly seed: number;
  /** See `AnimalSetOptions`. */
  readonly vary: number;
  /** See `AnimalSetOptions`; test pictures are paired in every set. */
  readonly paired: boolean;
  /** The coat colours that `coat` counts in. */
  readonly coats: typeof coats;
  /** Factors of the training drawings, by file name; `coat` is that of the picture in colour that would belong to them. */
  readonly trainA: Readonly<Record<string, AnimalSample>>;
  /** Factors of the training pictures in colour, by file name. */
  readonly trainB: Readonly<Record<string, AnimalSample>>;
  /** Factors of the test drawings, by file name. */
  readonly testA: Readonly<Record<string, AnimalSample>>;
  /** Factors of the test pictures in colour, by file name: the same animals as in `testA`. */
  readonly testB: Readonly<Record<string, AnimalSample>>;
}

/** The truth of a set with so many training and test pictures per domain. */
export function animalTruth(options: AnimalSetOptions, counts: Readonly<Record<Split, number>>): AnimalTruth {
  const all = (split: Split, domain: 'a' | 'b'): Record<string, AnimalSample> =>
    Object.fromEntries(Array.from({ length: counts[split] }, (_, i) => [sampleName(i), sampleAnimal(options, split, domain, i)]));
  return {
    format: 'munit-animals',
    version: 1,
    size: options.size,
    seed: options.seed,
    vary: options.vary ?? 0,
    paired: options.paired ?? false,
    coats,
    trainA: all('train', 'a'),
    trainB: all('train', 'b'),
    testA: all('test', 'a'),
    testB: all('test', 'b'),
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSample(value: unknown): boolean {
  if (!isRecord(value) || !isRecord(value['content']) || !isRecord(value['content']['parts']) || !isRecord(value['content']['pose'])) return false;
  const { parts, pose } = value['content'];
  const coat = value['coat'];
  return (
    typeof coat === 'number' &&
    coats[coat] !== undefined &&
    Object.keys(partCounts).every((key) => parts[key] === null || Number.isInteger(parts[key])) &&
    ['turn', 'scale', 'x', 'y', 'line'].every((key) => Number.isFinite(pose[key]))
  );
}

function isTruth(value: unknown): value is AnimalTruth {
  if (!isAnimalTruth(value) || !isRecord(value) || value['version'] !== 1 || !Number.isInteger(value['size'])) return false;
  return ['trainA', 'trainB', 'testA', 'testB'].every((folder) => {
    const samples = value[folder];
    return isRecord(samples) && Object.values(samples).every(isSample);
  });
}

/** Whether parsed JSON says of itself that it is the truth of a set of animals. */
export function isAnimalTruth(value: unknown): boolean {
  return isRecord(value) && value['format'] === 'munit-animals';
}

/** Reads the text of a `truth.json`. @throws DataError when it is something else */
export function parseAnimalTruth(text: string): AnimalTruth {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new DataError('The truth file of the animals is not JSON.', { cause, remedy: 'Write the set again.' });
  }
  if (!isTruth(value)) {
    throw new DataError('Expected the truth file of a set of animals (format "munit-animals", version 1), but this is something else.', { remedy: 'Write the set again with `munit data animals`.' });
  }
  return value;
}
