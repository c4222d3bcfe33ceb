/** A mode classifier whose features are trained with it: AlexNet's last convolutions, or all of them. */
import { ArgumentError, checkInteger, checkOptions, concatBatch, NonFiniteError, type OptionNames, Rng, tidy, type Tensor4D } from '@munit/core';
import { sha256 } from '@munit/formats';
import { bundledAlexnet, extractorFrom, type FeatureExtractor, sides } from '../extractors/extractor.js';
import { prepareImages } from '../extractors/prepareImages.js';
import { type FeatureSet, featureSet } from '../statistics/features.js';
import { type ClassifierFiles, classifierWithFiles, type FineTuningCard, type ModeClassifier } from './classifierFiles.js';
import { checkModes, doubtsOf, judge } from './heldOut.js';
import { fitModes } from './modeClassifier.js';
import { softmaxPredict, type SoftmaxModel } from './softmax.js';
import { freeTensors, learnt, mostBlocks, openNetwork, startTuning, type TuningBatch, type TuningState, type TunedNetwork, tuningStep } from './tuning.js';
import { type Beginning, openTuning, readTuning, writeTuning } from './tuningFile.js';

/** Images of a mode, read when they are needed. */
export interface ModeImages {
  /** A name for each image, for messages and to tell images from others. */
  readonly names: readonly string[];
  /** A text that changes when an image does, such as a digest of the files: what was begun with other images is not continued. Default: the names alone tell. */
  readonly digest?: string | undefined;
  /** The image at a place, [1, H, W, 3 or 1] in [−1, 1], of any size; it is then the classifier's to dispose of. */
  load(index: number): Promise<Tensor4D>;
}

/** What `fineTuneModeClassifier` is at. */
export type FineTuningPhase = 'features' | 'training' | 'judging';

/** Options of `fineTuneModeClassifier`. */
export interface FineTuneOptions {
  /** How many of AlexNet's five convolutions are trained, counted from the last. Default 2. */
  readonly blocks?: number | undefined;
  /** How often each image is seen. Default 10. */
  readonly epochs?: number | undefined;
  /** Images of a step. Default 16. */
  readonly batch?: number | undefined;
  /** Adam's, of the first step; it falls to 0 in a line. Default 1e-4. */
  readonly learningRate?: number | undefined;
  /** Share of each mode's images that are held out. Default 0.2, at least one image. */
  readonly heldOut?: number | undefined;
  /** Of the split and the order of images. Default 0. */
  readonly seed?: number | undefined;
  /** Stops between two steps, after a last call of `onState`. */
  readonly signal?: AbortSignal | undefined;
  /** What `onState` got last, to continue from there. */
  readonly state?: Uint8Array | undefined;
  /** Gets all that a later call needs in order to continue, every 50 steps. */
  readonly onState?: ((state: Uint8Array) => Promise<void> | void) | undefined;
  /** Hears of images (features, judging) or steps (training) done, of all; of steps also the loss, nats. */
  readonly onProgress?: ((phase: FineTuningPhase, done: number, total: number, loss?: number) => void) | undefined;
}

const optionNames: OptionNames<FineTuneOptions> = { blocks: true, epochs: true, batch: true, learningRate: true, heldOut: true, seed: true, signal: true, state: true, onState: true, onProgress: true };

const stepsBetweenStates = 50;

interface Plan {
  readonly blocks: number;
  readonly epochs: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly heldOut: number;
  readonly seed: number;
  readonly options: FineTuneOptions;
  readonly modes: ReadonlyMap<string, ModeImages>;
}

/** An image of the set: the number of its mode and its place there. */
interface Place {
  readonly mode: number;
  readonly index: number;
}

/**
 * Trains a classifier of modes with its features: cross-entropy, each mode alike, by Adam from AlexNet's weights and the logistic regression on
 * frozen features. Held-out images take no part: they judge the result, and what it began from (`card.fineTuning.before`). The card
 * warns where the training did not help.
 *
 * A call that is stopped and continued from its state gives the same classifier, to the bit, as one that is not. A device must be open.
 * @param modes images of each mode, by its name
 * @throws ArgumentError for one mode only, fewer than 5 images of one, or an option out of range
 * @throws CheckpointMismatchError for a state of other images or settings
 * @throws NonFiniteError for an image with NaN
 */
export async function fineTuneModeClassifier(modes: ReadonlyMap<string, ModeImages>, options: FineTuneOptions = {}): Promise<{ readonly classifier: ModeClassifier; readonly files: ClassifierFiles }> {
  const plan = planOf(modes, options);
  const { blocks, epochs, batch, learningRate, seed } = plan;
  const weights = await bundledAlexnet();
  const settings = await digest(plan);
  const earlier = options.state === undefined ? undefined : openTuning(options.state, settings);
  const { beginning, model } = earlier === undefined ? await begin(plan, weights) : { beginning: earlier, model: undefined };
  const network = openNetwork(weights, beginning.standard);
  let state: TuningState | undefined;
  try {
    state = startTuning(network, weights, model ?? zeroModel(beginning, modes.size), blocks);
    if (earlier !== undefined) state = readTuning(earlier, state);
    state = await train(plan, network, beginning, state, async (current) => options.onState?.(await writeTuning(settings, beginning, current)), (current) => (state = current));
    const parts = await learnt(network, state.params, beginning.standard);
    const judged = beginning.splits.flatMap((split, mode) => split.heldOut.map((index) => ({ mode, index })));
    const features = await withExtractor(extractorFrom('alexnet', 'torchvision', parts.tuned), (extractor) => featuresOf(plan, extractor, judged, 'judging'));
    const labels = Uint32Array.from(judged, ({ mode }) => mode);
    const judgement = judge(softmaxPredict(parts.model, features), labels, modes.size, seed);
    const fineTuning: FineTuningCard = { blocks, epochs, batch, learningRate, before: beginning.before };
    const images = { fitted: beginning.splits.map(({ fitted }) => fitted.length), heldOut: beginning.splits.map((split) => split.heldOut.length) };
    const worse = judgement.accuracy < beginning.before.accuracy ? [`On frozen features ${(100 * beginning.before.accuracy).toFixed(0)} % of held-out images were classified right: the fine-tuning did not help. Leave it out, or train fewer blocks or epochs.`] : [];
    const warnings = [...doubtsOf(judgement.accuracy, judged.length, modes.size), ...worse];
    return await classifierWithFiles({ network: 'alexnet', fineTuning, dimension: features.dimension, modes: [...modes.keys()], images, seed, penalty: beginning.penalty, ...judgement, warnings }, parts);
  } finally {
    freeTensors([network.frozen, network.scale, network.shift]);
    if (state !== undefined) freeTensors([state.params, state.m, state.v]);
  }
}

function planOf(modes: ReadonlyMap<string, ModeImages>, options: FineTuneOptions): Plan {
  const where = 'fineTuneModeClassifier';
  checkOptions(where, options, optionNames);
  const { blocks = 2, epochs = 10, batch = 16, learningRate = 1e-4, heldOut = 0.2, seed = 0 } = options;
  checkModes(new Map([...modes].map(([name, { names }]) => [name, names.length])), heldOut);
  if (!Number.isInteger(blocks) || blocks < 1 || blocks > mostBlocks) throw new ArgumentError(`${where}: 'blocks' must be a whole number from 1 to ${mostBlocks}, but it is ${blocks}.`, { remedy: `Use 2, or ${mostBlocks} for all of AlexNet.` });
  checkInteger(where, 'epochs', epochs, 1);
  checkInteger(where, 'batch', batch, 1);
  if (!(learningRate > 0 && Number.isFinite(learningRate))) throw new ArgumentError(`${where}: 'learningRate' must be above 0, but it is ${learningRate}.`, { remedy: 'Use 1e-4.' });
  return { blocks, epochs, batch, learningRate, heldOut, seed, options, modes };
}

/** Changes with all that a training depends on. */
async function digest({ modes, options: _, ...settings }: Plan): Promise<string> {
  const images = [...modes].map(([mode, { names, digest: own }]) => [mode, names, own]);
  return sha256(new TextEncoder().encode(JSON.stringify({ ...settings, images })));
}

/** The classifier on frozen features: the split, the penalty, the start. */
async function begin(plan: Plan, weights: Awaited<ReturnType<typeof bundledAlexnet>>): Promise<{ readonly beginning: Beginning; readonly model: SoftmaxModel }> {
  const places = [...plan.modes.values()].map(({ names }, mode) => names.map((_, index) => ({ mode, index })));
  const all = await withExtractor(extractorFrom('alexnet', 'torchvision', weights), (extractor) => featuresOf(plan, extractor, places.flat(), 'features'));
  const sets = new Map<string, FeatureSet>();
  let at = 0;
  for (const [name, { names }] of plan.modes) sets.set(name, { count: names.length, dimension: all.dimension, data: all.data.subarray(at * all.dimension, (at += names.length) * all.dimension) });
  const { model, penalty, judgement, splits } = fitModes(sets, plan.heldOut, plan.seed);
  const { accuracy, interval } = judgement;
  return { beginning: { splits, penalty, before: { accuracy, interval }, standard: { mean: model.mean, scale: model.scale } }, model };
}

/** The shapes of a head, whose values a file has. */
const zeroModel = ({ standard }: Beginning, classes: number): SoftmaxModel => ({ ...standard, weights: new Float64Array(standard.mean.length * classes), bias: new Float64Array(classes) });

async function train(plan: Plan, network: TunedNetwork, { splits, penalty }: Beginning, start: TuningState, save: (state: TuningState) => Promise<void>, onStep: (state: TuningState) => void): Promise<TuningState> {
  const { epochs, batch, seed, options } = plan;
  const fitted: Place[] = splits.flatMap((split, mode) => split.fitted.map((index) => ({ mode, index })));
  const perEpoch = Math.ceil(fitted.length / batch);
  const total = epochs * perEpoch;
  let state = start;
  for (let order: number[] = [], ordered = -1; state.step < total; ) {
    if (options.signal?.aborted === true) {
      await save(state);
      options.signal.throwIfAborted();
    }
    const epoch = Math.floor(state.step / perEpoch);
    if (epoch !== ordered) [order, ordered] = [new Rng((seed + 0x10000 + epoch) % 2 ** 32).permutation(fitted.length), epoch];
    const first = (state.step % perEpoch) * batch;
    const drawn = await batchOf(plan, splits, order.slice(first, first + batch).map((place) => fitted[place] as Place));
    let loss: number;
    try {
      ({ state, loss } = await tuningStep(network, state, drawn, { learningRate: plan.learningRate * (1 - state.step / total), penalty }));
    } finally {
      drawn.images.dispose();
    }
    onStep(state);
    options.onProgress?.('training', state.step, total, loss);
    if (state.step % stepsBetweenStates === 0 && state.step < total) await save(state);
  }
  return state;
}

async function batchOf(plan: Plan, splits: Beginning['splits'], places: readonly Place[]): Promise<TuningBatch> {
  const fitted = splits.map((split) => split.fitted.length);
  const all = fitted.reduce((sum, count) => sum + count, 0);
  const images: Tensor4D[] = [];
  try {
    for (const place of places) images.push(await withImage(plan, place, (image) => prepareImages(image, sides.alexnet)));
    return {
      images: tidy(() => concatBatch(images)),
      labels: places.map(({ mode }) => mode),
      importance: places.map(({ mode }) => all / (fitted.length * (fitted[mode] as number))),
    };
  } finally {
    for (const image of images) image.dispose();
  }
}

/** Reads an image and frees it after `work`. @throws NonFiniteError that names an image with NaN */
async function withImage<R>({ modes }: Plan, { mode, index }: Place, work: (image: Tensor4D) => Promise<R>): Promise<R> {
  const { names, load } = [...modes.values()][mode] as ModeImages;
  const image = await load(index);
  try {
    return await work(image);
  } catch (error) {
    throw error instanceof NonFiniteError ? new NonFiniteError(`The image '${names[index]}' of '${[...modes.keys()][mode]}' has values that are not finite.`, { cause: error, remedy: 'Leave it out.' }) : error;
  } finally {
    image.dispose();
  }
}

async function featuresOf(plan: Plan, extractor: FeatureExtractor, places: readonly Place[], phase: FineTuningPhase): Promise<FeatureSet> {
  const { options } = plan;
  const data = new Float32Array(places.length * extractor.dimension);
  for (const [i, place] of places.entries()) {
    options.signal?.throwIfAborted();
    data.set((await withImage(plan, place, (image) => extractor.features(image))).data, i * extractor.dimension);
    options.onProgress?.(phase, i + 1, places.length);
  }
  return featureSet(data, extractor.dimension);
}

async function withExtractor<R>(extractor: FeatureExtractor, work: (extractor: FeatureExtractor) => Promise<R>): Promise<R> {
  try {
    return await work(extractor);
  } finally {
    extractor.dispose();
  }
}
