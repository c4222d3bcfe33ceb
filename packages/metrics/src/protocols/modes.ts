/** Which modes translations reach: CIS and IS by a classifier of the modes. */
import { ArgumentError, checkOptions } from '@munit/core';
import type { ModeClassifier } from '../classifier/classifierFiles.js';
import { likeliest } from '../classifier/heldOut.js';
import type { FeatureSet } from '../statistics/features.js';
import { inceptionScores, type Score } from '../statistics/scores.js';
import { type Figure, fewInputs, meanFigure } from './figure.js';

/** What `modeFigures` measures. */
export interface ModesProtocol {
  /** Translations of each input, which stand one after another. */
  readonly each: number;
  /** Features of real images: what the modes' shares are read against. */
  readonly real?: FeatureSet | undefined;
  /** Whether the model has one translation of each input: CIS is then 0 whatever is drawn, and not for want of translations. Default false. */
  readonly deterministic?: boolean | undefined;
  /** Of intervals. Default 0. */
  readonly seed?: number | undefined;
}

/** What `modeFigures` finds. */
export interface ModesResult {
  /** CIS, IS, modes reached, confidence. */
  readonly figures: readonly Figure[];
  /** The mode of each translation. */
  readonly modes: Uint32Array;
  /** And how sure the classifier is of it, 1 / modes to 1. */
  readonly confidences: Float64Array;
  /** How many translations, and real images, each mode has. */
  readonly shares: { readonly translations: readonly number[]; readonly real?: readonly number[] | undefined };
}

/**
 * CIS and IS (paper, section 5.3), in nats as its table 2 and exponentiated as most code prints them, with what they can reach.
 * @throws ArgumentError unless there are `each` translations of each input
 * @throws ShapeError for features of another network
 */
export function modeFigures(classifier: ModeClassifier, translations: FeatureSet, options: ModesProtocol): ModesResult {
  checkOptions('modeFigures', options, { each: true, real: true, deterministic: true, seed: true });
  const { each, real, deterministic = false, seed = 0 } = options;
  const { modes: names, accuracy, warnings: doubts } = classifier.card;
  if (!Number.isInteger(each) || each < 1 || translations.count === 0 || translations.count % each !== 0) {
    throw new ArgumentError(`${translations.count} translations are not ${each} of each input.`, { remedy: 'Give all translations of every input, and at least one input.' });
  }
  const [classes, inputs] = [names.length, translations.count / each];
  const data = classifier.predict(translations);
  const { is, cis } = inceptionScores({ inputs, styles: each, classes, data }, { seed });
  const modes = likeliest(data, classes);
  const confidences = Float64Array.from(modes, (mode, n) => data[n * classes + mode] as number);
  const reached = Array.from({ length: inputs }, (_, i) => new Set(modes.subarray(i * each, (i + 1) * each)).size);
  const fewTranslations = each === 1 ? 'With one translation of each input CIS is 0, whatever the model: give more of each.' : `${each} translations of each input are few for ${classes} modes: CIS is too low (the paper draws 100).`;
  const few = [...doubts, ...fewInputs(inputs), ...(!deterministic && each < 5 * classes ? [fewTranslations] : [])];
  const score = (name: string, meaning: string, { nats, exponentiated, interval }: Score): Figure[] => [
    { name, meaning: `${meaning}, nats (the paper's table 2)`, better: 'higher', value: nats, interval, count: translations.count, beside: { 'most possible': Math.log(classes), 'a deterministic model': 0 }, warnings: few },
    {
      name: `${name}-exponentiated`,
      meaning: `${meaning}, exponentiated (as most code prints it)`,
      better: 'higher',
      value: exponentiated,
      interval: interval && { ...interval, low: Math.exp(interval.low), high: Math.exp(interval.high) },
      count: translations.count,
      beside: { 'most possible': classes, 'a deterministic model': 1 },
      warnings: few,
    },
  ];
  const counted = (of: Uint32Array): number[] => names.map((_, mode) => of.reduce((sum, one) => sum + (one === mode ? 1 : 0), 0));
  return {
    figures: [
      ...score('cis', 'how many modes one input reaches', cis),
      ...score('is', 'how many modes all translations reach', is).map((figure) => ({ ...figure, beside: { 'most possible': figure.beside['most possible'] as number } })),
      meanFigure({ name: 'modes-reached', meaning: `of ${classes} modes, how many ${each} translations of one input show`, better: 'higher', beside: { 'perfect sampling': classes * (1 - (1 - 1 / classes) ** each), 'a deterministic model': 1 } }, reached, { seed, count: translations.count }),
      meanFigure({ name: 'mode-confidence', meaning: 'how sure the classifier is of a translation’s mode', better: 'higher', beside: { chance: 1 / classes, 'right on held-out images': accuracy } }, means(confidences, each), { seed, count: translations.count }),
    ],
    modes,
    confidences,
    shares: { translations: counted(modes), real: real && counted(likeliest(classifier.predict(real), classes)) },
  };
}

/** Means of `each` values that stand together. */
const means = (values: Float64Array, each: number): number[] =>
  Array.from({ length: values.length / each }, (_, i) => values.subarray(i * each, (i + 1) * each).reduce((sum, value) => sum + value, 0) / each);
