/** Which images a classifier is fitted to, which judge it, and what they say. */
import { ArgumentError, Rng } from '@munit/core';
import { meanInterval } from '../statistics/bootstrap.js';
import { canonicalOrder, type FeatureSet } from '../statistics/features.js';
import type { ClassifierCard } from './classifierFiles.js';

/** Fewest images of a mode. */
const fewest = 5;

/** Places of a mode's images. */
export interface Split {
  readonly fitted: readonly number[];
  readonly heldOut: readonly number[];
}

/** @throws ArgumentError for one mode only, fewer than 5 images of one, or a share out of range */
export function checkModes(counts: ReadonlyMap<string, number>, heldOut: number): void {
  if (!(heldOut > 0 && heldOut < 1)) throw new ArgumentError(`The share of held-out images must lie between 0 and 1, but it is ${heldOut}.`, { remedy: 'Use 0.2.' });
  if (counts.size < 2) {
    throw new ArgumentError(`A mode classifier needs at least 2 modes, but there ${counts.size === 1 ? `is 1 ('${[...counts.keys()].join('')}')` : 'are none'}.`, { remedy: 'Give a folder of images for each mode, named by it.' });
  }
  for (const [name, count] of counts) {
    if (count < fewest) throw new ArgumentError(`The mode '${name}' has ${count} image${count === 1 ? '' : 's'}, and at least ${fewest} are needed.`, { remedy: 'Add images of it, or leave the mode out.' });
  }
}

/** A seeded split that does not depend on the images' order. */
export function splitMode(set: FeatureSet, share: number, seed: number): Split {
  const order = canonicalOrder(set);
  const places = new Rng(seed).permutation(set.count).map((place) => order[place] as number);
  const count = Math.min(set.count - 1, Math.max(1, Math.round(share * set.count)));
  return { heldOut: places.slice(0, count), fitted: places.slice(count) };
}

/** Features of several modes, one mode after another, and the mode of each. */
export interface Labelled {
  readonly features: FeatureSet;
  readonly labels: Uint32Array;
}

/** Joins the modes' features. */
export function labelled(sets: readonly FeatureSet[]): Labelled {
  const { dimension } = sets[0] as FeatureSet;
  const count = sets.reduce((sum, set) => sum + set.count, 0);
  const data = new Float64Array(count * dimension);
  const labels = new Uint32Array(count);
  let at = 0;
  sets.forEach((set, label) => {
    data.set(set.data, at * dimension);
    labels.fill(label, at, at + set.count);
    at += set.count;
  });
  return { features: { count, dimension, data }, labels };
}

/** The mode of each image that a classifier holds most likely. */
export function likeliest(probabilities: Float64Array, classes: number): Uint32Array {
  return Uint32Array.from({ length: probabilities.length / classes }, (_, n) => {
    let best = 0;
    for (let c = 1; c < classes; c++) if ((probabilities[n * classes + c] as number) > (probabilities[n * classes + best] as number)) best = c;
    return best;
  });
}

/** How good a classifier is. */
export type Judgement = Pick<ClassifierCard, 'accuracy' | 'interval' | 'confusion'>;

/** Judges probabilities of held-out images by their labels. */
export function judge(probabilities: Float64Array, labels: Uint32Array, classes: number, seed: number): Judgement {
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  const taken = likeliest(probabilities, classes);
  labels.forEach((label, n) => confusion[label]![taken[n] as number]!++);
  const right = Float64Array.from(labels, (label, n) => (label === taken[n] ? 1 : 0));
  return { accuracy: right.reduce((sum, value) => sum + value, 0) / right.length, interval: meanInterval(right, { seed }), confusion };
}

/** What makes a classifier unreliable, in words. */
export function doubtsOf(accuracy: number, heldOut: number, classes: number): string[] {
  return [
    ...(accuracy < 0.8 ? [`Only ${(100 * accuracy).toFixed(0)} % of held-out images are classified right (chance ${(100 / classes).toFixed(0)} %): scores from it are blurred, and CIS too low.`] : []),
    ...(heldOut < 10 * classes ? [`${heldOut} held-out images of ${classes} modes are few: the accuracy is rough.`] : []),
  ];
}
