/** A classifier of the modes that translations may have: what IS and CIS need. */
import { ArgumentError, CheckpointMismatchError, readSafetensors, Rng, ShapeError, writeSafetensors } from '@munit/core';
import { sha256 } from '@munit/formats';
import type { ExtractorNetwork } from '../extractors/extractor.js';
import { type Interval, meanInterval } from '../statistics/bootstrap.js';
import { canonicalOrder, checkSameDimension, type FeatureSet, selectRows } from '../statistics/features.js';
import { crossEntropy, fitSoftmax, type SoftmaxModel, softmaxPredict } from './softmax.js';

/** How a classifier was made, and how good it is: `classifier.json`. */
export interface ClassifierCard {
  readonly format: 'munit-mode-classifier';
  readonly version: 1;
  /** Whose features it reads. */
  readonly network: ExtractorNetwork;
  /** Length of a feature vector. */
  readonly dimension: number;
  /** The names of the modes, in the order of its probabilities. */
  readonly modes: readonly string[];
  /** Images of each mode that it was fitted to, and that it was judged by. */
  readonly images: { readonly fitted: readonly number[]; readonly heldOut: readonly number[] };
  /** Of the split. */
  readonly seed: number;
  /** Weight of the penalty on the weights, chosen by cross-entropy on held-out images. */
  readonly penalty: number;
  /** Share of held-out images that are classified right. */
  readonly accuracy: number;
  /** Over held-out images. */
  readonly interval: Interval;
  /** Held-out images by their mode (rows) and the mode that they are taken for (columns). */
  readonly confusion: readonly (readonly number[])[];
  /** SHA-256 of `classifier.safetensors`. */
  readonly weights: string;
  /** What makes it unreliable, in words. */
  readonly warnings: readonly string[];
}

/** Turns features of images into probabilities of modes. */
export interface ModeClassifier {
  /** Facts. */
  readonly card: ClassifierCard;
  /** [N, modes], each row a distribution. @throws ShapeError for features of another length */
  predict(features: FeatureSet): Float64Array;
}

/** A classifier's files by name: `classifier.json` and `classifier.safetensors`. */
export type ClassifierFiles = ReadonlyMap<string, Uint8Array>;

/** Options of `trainModeClassifier`. */
export interface TrainClassifierOptions {
  /** Whose features they are. */
  readonly network: ExtractorNetwork;
  /** Share of each mode's images that are held out. Default 0.2, at least one image. */
  readonly heldOut?: number | undefined;
  /** Of the split. Default 0. */
  readonly seed?: number | undefined;
}

const penalties = [1e-3, 1e-2, 1e-1, 1];
const fewest = 5;

/**
 * Fits a classifier of modes to features of images of each mode: multinomial logistic regression, its penalty chosen on held-out images.
 * @param modes features of each mode's images, by its name
 * @throws ArgumentError for one mode only, fewer than 5 images of one, or a share out of range
 * @throws ShapeError when the dimensions differ
 */
export async function trainModeClassifier(modes: ReadonlyMap<string, FeatureSet>, options: TrainClassifierOptions): Promise<{ readonly classifier: ModeClassifier; readonly files: ClassifierFiles }> {
  const { network, heldOut = 0.2, seed = 0 } = options;
  const sets = checkedModes(modes, heldOut);
  const parts = sets.map((set, label) => split(set, heldOut, (seed + label) % 2 ** 32));
  const [fitted, judged] = [labelled(parts.map(({ fitted: part }) => part)), labelled(parts.map(({ heldOut: part }) => part))];
  const tried = penalties.map((penalty) => {
    const model = fitSoftmax(fitted.features, fitted.labels, sets.length, penalty);
    return { penalty, model, loss: crossEntropy(softmaxPredict(model, judged.features), judged.labels, sets.length) };
  });
  const { penalty, model } = tried.reduce((best, one) => (one.loss < best.loss ? one : best));
  const judgement = judge(softmaxPredict(model, judged.features), judged.labels, sets.length, seed);
  const weights = encode(model);
  const card: ClassifierCard = {
    format: 'munit-mode-classifier',
    version: 1,
    network,
    dimension: fitted.features.dimension,
    modes: [...modes.keys()],
    images: { fitted: parts.map(({ fitted: { count } }) => count), heldOut: parts.map(({ heldOut: { count } }) => count) },
    seed,
    penalty,
    ...judgement,
    weights: await sha256(Uint8Array.from(weights)),
    warnings: warningsOf(judgement.accuracy, judged.labels.length, sets.length),
  };
  return { classifier: classifierOf(card, model), files: new Map([['classifier.json', new TextEncoder().encode(`${JSON.stringify(card, undefined, 2)}\n`)], ['classifier.safetensors', weights]]) };
}

/** A classifier from its files. @throws CheckpointMismatchError when they are something else, damaged or do not belong together */
export async function loadModeClassifier(files: ClassifierFiles): Promise<ModeClassifier> {
  const [text, weights] = [files.get('classifier.json'), files.get('classifier.safetensors')];
  const refuse = (problem: string, cause?: unknown): CheckpointMismatchError =>
    new CheckpointMismatchError(`The mode classifier cannot be used: ${problem}.`, { cause, remedy: 'Give a folder that `munit classify train` wrote.' });
  if (text === undefined || weights === undefined) throw refuse(`${text === undefined ? 'classifier.json' : 'classifier.safetensors'} is missing`);
  let card: ClassifierCard;
  try {
    card = JSON.parse(new TextDecoder().decode(text)) as ClassifierCard;
  } catch (cause) {
    throw refuse('classifier.json is not JSON', cause);
  }
  if (card === null || card.format !== 'munit-mode-classifier' || card.version !== 1 || !Array.isArray(card.modes)) throw refuse('classifier.json is not of a mode classifier (version 1)');
  if ((await sha256(Uint8Array.from(weights))) !== card.weights) throw refuse('classifier.safetensors is not the file that classifier.json names (its SHA-256 differs)');
  return classifierOf(card, decode(weights, card.dimension, card.modes.length, refuse));
}

function classifierOf(card: ClassifierCard, model: SoftmaxModel): ModeClassifier {
  return {
    card,
    predict: (features) => {
      checkSameDimension('The mode classifier', { dimension: card.dimension }, features);
      return softmaxPredict(model, features);
    },
  };
}

function checkedModes(modes: ReadonlyMap<string, FeatureSet>, heldOut: number): FeatureSet[] {
  if (!(heldOut > 0 && heldOut < 1)) throw new ArgumentError(`The share of held-out images must lie between 0 and 1, but it is ${heldOut}.`, { remedy: 'Use 0.2.' });
  if (modes.size < 2) {
    throw new ArgumentError(`A mode classifier needs at least 2 modes, but there ${modes.size === 1 ? `is 1 ('${[...modes.keys()].join('')}')` : 'are none'}.`, { remedy: 'Give a folder of images for each mode, named by it.' });
  }
  const sets = [...modes.values()];
  for (const [name, set] of modes) {
    if (set.count < fewest) {
      throw new ArgumentError(`The mode '${name}' has ${set.count} image${set.count === 1 ? '' : 's'}, and at least ${fewest} are needed.`, { remedy: 'Add images of it, or leave the mode out.' });
    }
    if (set.dimension !== (sets[0] as FeatureSet).dimension) throw new ShapeError(`The features of '${name}' have ${set.dimension} numbers, those of the first mode ${(sets[0] as FeatureSet).dimension}.`);
  }
  return sets;
}

/** A seeded split that does not depend on the images' order. */
function split(set: FeatureSet, share: number, seed: number): { readonly fitted: FeatureSet; readonly heldOut: FeatureSet } {
  const order = canonicalOrder(set);
  const places = new Rng(seed).permutation(set.count).map((place) => order[place] as number);
  const count = Math.min(set.count - 1, Math.max(1, Math.round(share * set.count)));
  return { heldOut: selectRows(set, places.slice(0, count)), fitted: selectRows(set, places.slice(count)) };
}

function labelled(sets: readonly FeatureSet[]): { readonly features: FeatureSet; readonly labels: Uint32Array } {
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

function judge(probabilities: Float64Array, labels: Uint32Array, classes: number, seed: number): Pick<ClassifierCard, 'accuracy' | 'interval' | 'confusion'> {
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  const taken = likeliest(probabilities, classes);
  labels.forEach((label, n) => confusion[label]![taken[n] as number]!++);
  const right = Float64Array.from(labels, (label, n) => (label === taken[n] ? 1 : 0));
  return { accuracy: right.reduce((sum, value) => sum + value, 0) / right.length, interval: meanInterval(right, { seed }), confusion };
}

function warningsOf(accuracy: number, heldOut: number, classes: number): string[] {
  return [
    ...(accuracy < 0.8 ? [`Only ${(100 * accuracy).toFixed(0)} % of held-out images are classified right (chance ${(100 / classes).toFixed(0)} %): scores from it are blurred, and CIS too low.`] : []),
    ...(heldOut < 10 * classes ? [`${heldOut} held-out images of ${classes} modes are few: the accuracy is rough.`] : []),
  ];
}

function encode({ mean, scale, weights, bias }: SoftmaxModel): Uint8Array {
  const [d, classes] = [mean.length, bias.length];
  const part = (data: Float64Array, shape: readonly number[]) => ({ shape, data: Float32Array.from(data) });
  return writeSafetensors([['mean', part(mean, [d])], ['scale', part(scale, [d])], ['weights', part(weights, [d, classes])], ['bias', part(bias, [classes])]]);
}

function decode(bytes: Uint8Array, d: number, classes: number, refuse: (problem: string) => Error): SoftmaxModel {
  const { tensors } = readSafetensors(bytes);
  const read = (name: string, shape: readonly number[]): Float64Array => {
    const found = tensors.get(name);
    if (found === undefined || found.shape.join() !== shape.join()) throw refuse(`classifier.safetensors has no '${name}' of [${shape.join(', ')}]`);
    return Float64Array.from(found.float32());
  };
  return { mean: read('mean', [d]), scale: read('scale', [d]), weights: read('weights', [d, classes]), bias: read('bias', [classes]) };
}
