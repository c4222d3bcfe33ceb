import { DataError } from '@munit/core';
import type { SampleOfA, SampleOfB, SyntheticSetOptions } from './set.js';
import { sampleA, sampleB, sampleName } from './set.js';
import type { Split } from './set.js';
import { families, hueModes, lights, textures } from './types.js';

/** `truth.json` of a set: every factor of every picture, so that quality is measured without a pretrained network. */
export interface SyntheticTruth {
  readonly format: 'munit-synthetic';
  readonly version: 3;
  /** Side of every image in pixels. */
  readonly size: number;
  /** The seed that the factors were drawn from. */
  readonly seed: number;
  /** What the backgrounds of B are: see `StyleOptions`. */
  readonly background: 'white' | 'soft';
  /** What the indices and names mean. */
  readonly factors: {
    readonly families: readonly string[];
    readonly hueModes: readonly string[];
    readonly textures: readonly string[];
    readonly lights: readonly string[];
  };
  /** Factors of the training images of A, by file name. */
  readonly trainA: Readonly<Record<string, SampleOfA>>;
  /** Factors of the training images of B, by file name. */
  readonly trainB: Readonly<Record<string, SampleOfB>>;
  /** Factors of the test images of A, by file name. */
  readonly testA: Readonly<Record<string, SampleOfA>>;
  /** Factors of the test images of B, by file name. */
  readonly testB: Readonly<Record<string, SampleOfB>>;
}

/** The truth of a set of `count` training and `testCount` test pictures per domain. */
export function truthOf(options: SyntheticSetOptions, counts: Readonly<Record<Split, number>>): SyntheticTruth {
  const all = <T>(split: Split, sample: (o: SyntheticSetOptions, s: Split, i: number) => T): Record<string, T> =>
    Object.fromEntries(Array.from({ length: counts[split] }, (_, i) => [sampleName(i), sample(options, split, i)]));
  return {
    format: 'munit-synthetic',
    version: 3,
    size: options.size,
    seed: options.seed,
    background: options.background ?? 'white',
    factors: { families, hueModes, textures, lights },
    trainA: all('train', sampleA),
    trainB: all('train', sampleB),
    testA: all('test', sampleA),
    testB: all('test', sampleB),
  };
}

const folders = ['trainA', 'trainB', 'testA', 'testB'] as const;

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isContent(value: unknown): boolean {
  return (
    isRecord(value) &&
    families.some((family) => family === value['family']) &&
    ['x', 'y', 'radius', 'angle', 'variant'].every((key) => Number.isFinite(value[key]))
  );
}

function isStyle(value: unknown): boolean {
  return (
    isRecord(value) &&
    Number.isInteger(value['hueMode']) &&
    ['hue', 'saturation', 'value'].every((key) => Number.isFinite(value[key])) &&
    textures.some((texture) => texture === value['texture']) &&
    lights.some((light) => light === value['light']) &&
    Array.isArray(value['background'])
  );
}

function isTruth(value: unknown): value is SyntheticTruth {
  if (!isRecord(value) || value['format'] !== 'munit-synthetic' || value['version'] !== 3 || !Number.isInteger(value['size'])) return false;
  return folders.every((folder) => {
    const samples = value[folder];
    if (!isRecord(samples)) return false;
    return Object.values(samples).every(
      (sample) => isRecord(sample) && isContent(sample['content']) && (folder.endsWith('A') || isStyle(sample['style'])),
    );
  });
}

/** Reads the text of a `truth.json`. @throws DataError when it is none */
export function parseTruth(text: string): SyntheticTruth {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new DataError('The truth file of the synthetic set is not JSON.', { cause, remedy: 'Write the set again.' });
  }
  if (!isTruth(value)) {
    throw new DataError('Expected the truth file of a synthetic set (format "munit-synthetic", version 3), but this is something else.', {
      remedy: { id: 'rewrite-synthetic-set', text: 'Write the set again with `writeSyntheticSet`.' },
    });
  }
  return value;
}
