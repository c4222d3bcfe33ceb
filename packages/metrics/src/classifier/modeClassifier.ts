/** A classifier of the modes that translations may have, on features as they are: what IS and CIS need. */
import { checkOptions, ShapeError } from '@munit/core';
import type { ExtractorNetwork } from '../extractors/extractor.js';
import { type FeatureSet, selectRows } from '../statistics/features.js';
import { type ClassifierFiles, classifierWithFiles, type ModeClassifier } from './classifierFiles.js';
import { checkModes, doubtsOf, judge, type Judgement, labelled, type Split, splitMode } from './heldOut.js';
import { crossEntropy, fitSoftmax, type SoftmaxModel, softmaxPredict } from './softmax.js';

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

/** A classifier on frozen features, what judged it, and the split. */
export interface FittedModes {
  readonly model: SoftmaxModel;
  readonly penalty: number;
  readonly judgement: Judgement;
  readonly splits: readonly Split[];
}

/**
 * Fits a classifier of modes to features of images of each mode: multinomial logistic regression, its penalty chosen on held-out images.
 * @param modes features of each mode's images, by its name
 * @throws ArgumentError for one mode only, fewer than 5 images of one, or a share out of range
 * @throws ShapeError when the dimensions differ
 */
export async function trainModeClassifier(modes: ReadonlyMap<string, FeatureSet>, options: TrainClassifierOptions): Promise<{ readonly classifier: ModeClassifier; readonly files: ClassifierFiles }> {
  checkOptions('trainModeClassifier', options, { network: true, heldOut: true, seed: true });
  const { network, heldOut = 0.2, seed = 0 } = options;
  const { model, penalty, judgement, splits } = fitModes(modes, heldOut, seed);
  const names = [...modes.keys()];
  const images = { fitted: splits.map(({ fitted }) => fitted.length), heldOut: splits.map((split) => split.heldOut.length) };
  const judges = images.heldOut.reduce((sum, count) => sum + count, 0);
  const facts = { network, dimension: model.mean.length, modes: names, images, seed, penalty, ...judgement, warnings: doubtsOf(judgement.accuracy, judges, names.length) };
  return classifierWithFiles(facts, { model });
}

/** The work of `trainModeClassifier`. @throws as it does */
export function fitModes(modes: ReadonlyMap<string, FeatureSet>, heldOut: number, seed: number): FittedModes {
  checkModes(new Map([...modes].map(([name, { count }]) => [name, count])), heldOut);
  const sets = [...modes.values()];
  const { dimension } = sets[0] as FeatureSet;
  for (const [name, set] of modes) if (set.dimension !== dimension) throw new ShapeError(`The features of '${name}' have ${set.dimension} numbers, those of the first mode ${dimension}.`);
  const splits = sets.map((set, label) => splitMode(set, heldOut, (seed + label) % 2 ** 32));
  const part = (which: keyof Split) => labelled(sets.map((set, label) => selectRows(set, (splits[label] as Split)[which])));
  const [fitted, judged] = [part('fitted'), part('heldOut')];
  const tried = penalties.map((penalty) => {
    const model = fitSoftmax(fitted.features, fitted.labels, sets.length, penalty);
    return { penalty, model, loss: crossEntropy(softmaxPredict(model, judged.features), judged.labels, sets.length) };
  });
  const { penalty, model } = tried.reduce((best, one) => (one.loss < best.loss ? one : best));
  return { model, penalty, judgement: judge(softmaxPredict(model, judged.features), judged.labels, sets.length, seed), splits };
}
