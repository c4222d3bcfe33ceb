/** A mode classifier, its card, and the two files that it is kept as. */
import { CheckpointMismatchError, type MunitError, readSafetensors, writeSafetensors } from '@munit/core';
import { sha256 } from '@munit/formats';
import type { OfficialTensor } from '@munit/layers';
import type { ExtractorNetwork } from '../extractors/extractor.js';
import type { Interval } from '../statistics/bootstrap.js';
import { checkSameDimension, type FeatureSet } from '../statistics/features.js';
import { type SoftmaxModel, softmaxPredict } from './softmax.js';

/** How the features of a classifier were trained with it. */
export interface FineTuningCard {
  /** How many of AlexNet's convolutions were trained, counted from the last. */
  readonly blocks: number;
  /** How often each fitted image was seen. */
  readonly epochs: number;
  /** Images of a step. */
  readonly batch: number;
  /** Of the first step; it falls to 0 in a line. */
  readonly learningRate: number;
  /** The same held-out images by the classifier on frozen features, from which the training began. */
  readonly before: Pick<ClassifierCard, 'accuracy' | 'interval'>;
}

/** How a classifier was made, and how good it is: `classifier.json`. */
export interface ClassifierCard {
  readonly format: 'munit-mode-classifier';
  /** 1 on frozen features, 2 with features of its own. */
  readonly version: 1 | 2;
  /** Whose features it reads. */
  readonly network: ExtractorNetwork;
  /** How these were trained; absent where they are frozen. */
  readonly fineTuning?: FineTuningCard | undefined;
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
  /** The network of its features by torchvision's names, where it was fine-tuned: `loadClassifierExtractor` opens it. */
  readonly tuned: ReadonlyMap<string, OfficialTensor> | undefined;
  /** [N, modes], each row a distribution. @throws ShapeError for features of another length */
  predict(features: FeatureSet): Float64Array;
}

/** A classifier's files by name: `classifier.json` and `classifier.safetensors`. */
export type ClassifierFiles = ReadonlyMap<string, Uint8Array>;

/** What a classifier computes with. */
export interface ClassifierParts {
  readonly model: SoftmaxModel;
  /** The network of its features, where it is its own. */
  readonly tuned?: ReadonlyMap<string, OfficialTensor> | undefined;
}

/** A classifier and its files. */
export async function classifierWithFiles(facts: Omit<ClassifierCard, 'format' | 'version' | 'weights'>, parts: ClassifierParts): Promise<{ readonly classifier: ModeClassifier; readonly files: ClassifierFiles }> {
  const weights = encode(parts);
  const card: ClassifierCard = { format: 'munit-mode-classifier', version: parts.tuned === undefined ? 1 : 2, ...facts, weights: await sha256(Uint8Array.from(weights)) };
  return {
    classifier: classifierOf(card, parts),
    files: new Map([['classifier.json', new TextEncoder().encode(`${JSON.stringify(card, undefined, 2)}\n`)], ['classifier.safetensors', weights]]),
  };
}

/** A classifier from its files. @throws CheckpointMismatchError when they are something else, damaged or do not belong together */
export async function loadModeClassifier(files: ClassifierFiles): Promise<ModeClassifier> {
  const [text, weights] = [files.get('classifier.json'), files.get('classifier.safetensors')];
  const refuse: Refuse = (problem, cause) =>
    new CheckpointMismatchError(`The mode classifier cannot be used: ${problem}.`, { cause, remedy: 'Give a folder that `munit classify train` wrote.' });
  if (text === undefined || weights === undefined) throw refuse(`${text === undefined ? 'classifier.json' : 'classifier.safetensors'} is missing`);
  let card: ClassifierCard;
  try {
    card = JSON.parse(new TextDecoder().decode(text)) as ClassifierCard;
  } catch (cause) {
    throw refuse('classifier.json is not JSON', cause);
  }
  if (card === null || card.format !== 'munit-mode-classifier' || (card.version !== 1 && card.version !== 2) || !Array.isArray(card.modes)) throw refuse('classifier.json is not of a mode classifier (version 1 or 2)');
  if ((await sha256(Uint8Array.from(weights))) !== card.weights) throw refuse('classifier.safetensors is not the file that classifier.json names (its SHA-256 differs)');
  return classifierOf(card, decode(weights, card, refuse));
}

function classifierOf(card: ClassifierCard, { model, tuned }: ClassifierParts): ModeClassifier {
  return {
    card,
    tuned,
    predict: (features) => {
      checkSameDimension('The mode classifier', { dimension: card.dimension }, features);
      return softmaxPredict(model, features);
    },
  };
}

const ofNetwork = 'network.';

function encode({ model: { mean, scale, weights, bias }, tuned = new Map() }: ClassifierParts): Uint8Array {
  const [d, classes] = [mean.length, bias.length];
  const part = (data: Float64Array, shape: readonly number[]) => ({ shape, data: Float32Array.from(data) });
  const network = [...tuned].map(([name, tensor]) => [`${ofNetwork}${name}`, tensor] as const);
  return writeSafetensors([['mean', part(mean, [d])], ['scale', part(scale, [d])], ['weights', part(weights, [d, classes])], ['bias', part(bias, [classes])], ...network]);
}

type Refuse = (problem: string, cause?: unknown) => MunitError;

function decode(bytes: Uint8Array, { dimension: d, modes: { length: classes }, version }: ClassifierCard, refuse: Refuse): ClassifierParts {
  const { tensors } = readSafetensors(bytes);
  const read = (name: string, shape: readonly number[]): Float64Array => {
    const found = tensors.get(name);
    if (found === undefined || found.shape.join() !== shape.join()) throw refuse(`classifier.safetensors has no '${name}' of [${shape.join(', ')}]`);
    return Float64Array.from(found.float32());
  };
  const network = [...tensors].filter(([name]) => name.startsWith(ofNetwork)).map(([name, { shape, float32 }]) => [name.slice(ofNetwork.length), { shape, data: float32() }] as const);
  if ((version === 2) !== network.length > 0) throw refuse(version === 2 ? 'classifier.safetensors lacks the network of its features' : 'classifier.safetensors holds a network that classifier.json does not mention');
  return { model: { mean: read('mean', [d]), scale: read('scale', [d]), weights: read('weights', [d, classes]), bias: read('bias', [classes]) }, tuned: network.length === 0 ? undefined : new Map(network) };
}
