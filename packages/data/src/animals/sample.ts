import type { Rng } from '@munit/core';
import { keyedRng } from '../sampling/keyedRng.js';
import type { Split } from '../synthetic/set.js';
import { coats } from './coats.js';
import { type AnimalContent, type AnimalParts, partCounts, type Pose } from './types.js';

/** What determines every picture of a set of animals. */
export interface AnimalSetOptions {
  /** Side in pixels, 16 to 512. */
  readonly size: number;
  /** A whole number from 0 to 2³² − 1. */
  readonly seed: number;
  /**
   * How much poses and lines vary, 0 to 1. 0 (the default): the faces are where the designer put them, with lines of 8/440 of the side.
   * 1: turned by up to 20° either way, 0.7 to 1 of the size, shifted by up to 0.06 of the side, lines of 4/440 to 12/440.
   */
  readonly vary?: number | undefined;
  /** Whether the i-th training pictures of both domains show the same animal. Default false: no animal is planned to be in both. */
  readonly paired?: boolean | undefined;
}

/** One picture's factors. */
export interface AnimalSample {
  /** What it shows. */
  readonly content: AnimalContent;
  /** Index into `coats`: of the coloured picture, and for a line drawing of the coloured picture that belongs to it. */
  readonly coat: number;
}

/** Width of the lines where nothing varies, as a share of the side. */
const standardLine = 8 / 440;

function sampleParts(rng: Rng): AnimalParts {
  const maybe = (count: number): number | null => (rng.integer(2) === 0 ? null : rng.integer(count));
  return {
    ears: rng.integer(partCounts.ears),
    muzzle: rng.integer(partCounts.muzzle),
    eyes: rng.integer(partCounts.eyes),
    brows: rng.integer(partCounts.brows),
    patch: maybe(partCounts.patch),
    hair: maybe(partCounts.hair),
  };
}

function samplePose(rng: Rng, vary: number): Pose {
  const within = (reach: number): number => vary * reach * (2 * rng.uniform() - 1);
  return { turn: within(20), scale: 1 - vary * 0.3 * rng.uniform(), x: within(0.06), y: within(0.06), line: standardLine + within(4 / 440) };
}

const domainKeys = { a: 0, b: 1 } as const;
const splitKeys = { train: 0, test: 1 } as const;

/**
 * The factors of the i-th picture: a function of (seed, split, domain, i), each part and coat equally likely.
 * In the test split, and everywhere in a paired set, both domains show the same animals in the same order.
 */
export function sampleAnimal(options: AnimalSetOptions, split: Split, domain: 'a' | 'b', index: number): AnimalSample {
  const shared = split === 'test' || options.paired === true;
  const rng = keyedRng(options.seed, 0x616e696d, splitKeys[split], shared ? 0 : domainKeys[domain], index);
  const parts = sampleParts(rng);
  const coat = rng.integer(coats.length);
  return { content: { parts, pose: samplePose(rng, options.vary ?? 0) }, coat };
}
