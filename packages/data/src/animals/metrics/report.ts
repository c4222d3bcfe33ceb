import { ArgumentError } from '@munit/core';
import type { PixelImage } from '@munit/images';
import { intersectionOverUnion } from '../../synthetic/metrics/contentIoU.js';
import type { ResampledFigure } from '../../synthetic/metrics/tally.js';
import { coats } from '../coats.js';
import { coatMask, coatOf, colourError, colourUnder } from './coat.js';
import { detailKept, featureMask } from './detail.js';
import { animalSilhouette } from './silhouette.js';

/** The true picture of an input: the same animal in colour, in some coat. */
export interface AnimalReference {
  /** On white paper, as large as the outputs. */
  readonly image: PixelImage;
  /** Index into `coats`. */
  readonly coat: number;
}

/** A held-out drawing and its true picture. */
export interface AnimalPair {
  /** The line drawing. */
  readonly drawing: PixelImage;
  /** The same animal in colour. */
  readonly truth: AnimalReference;
}

/** What a model made of held-out drawings, for `judgeAnimals`. */
export interface AnimalOutputs {
  /** Per drawing: its true picture, and the outputs for random styles (20 by convention). */
  readonly random: readonly { readonly truth: AnimalReference; readonly outputs: readonly PixelImage[] }[];
  /** Outputs guided by a picture in colour; `coat` is that of the example. */
  readonly guided: readonly { readonly truth: AnimalReference; readonly output: PixelImage; readonly coat: number }[];
}

/** The figures of a set of animals; the README says what a perfect model and a degenerate one reach. */
export interface AnimalFigures {
  /** Intersection over union of the silhouettes of output and truth, mean over all outputs. */
  readonly contentIoU: number;
  /** Coat colours among the random outputs of one drawing, mean over drawings, of 12. */
  readonly coatsCovered: number;
  /** Coat colours among all random outputs, of 12. */
  readonly coatsCoveredOverall: number;
  /** Share of random outputs whose colour is none of the coats'. */
  readonly coatUndecided: number;
  /** Share of guided outputs in the coat of their example; NaN without guided outputs. */
  readonly guidedCoat: number;
  /** Mean absolute difference of the coats of guided outputs from the example's colour, of 255; NaN without guided outputs. */
  readonly guidedColourError: number;
  /** Eyes, brows, nose and mouth still there (`detailKept`), mean over all outputs. */
  readonly detail: number;
}

interface DrawingJudgement {
  readonly ious: readonly number[];
  readonly details: readonly number[];
  /** The coat of each output; null for none of them. */
  readonly found: readonly (number | null)[];
}

interface GuidedJudgement {
  readonly iou: number;
  readonly detail: number;
  readonly right: boolean;
  readonly error: number;
}

/** What the figures need of each output: plain data, which JSON carries from one process to another. */
export interface AnimalJudgements {
  /** For each drawing, of its random outputs. */
  readonly random: readonly DrawingJudgement[];
  /** Of each guided output. */
  readonly guided: readonly GuidedJudgement[];
}

/** What of a true picture all its outputs are compared with. */
function measure(truth: AnimalReference): { readonly iou: (output: PixelImage) => number; readonly detail: (output: PixelImage) => number; readonly coat: (output: PixelImage) => number | undefined; readonly error: (output: PixelImage, coat: number) => number } {
  const [silhouette, features, fur] = [animalSilhouette(truth.image), featureMask(truth.image), coatMask(truth.image, truth.coat)];
  return {
    iou: (output) => intersectionOverUnion(animalSilhouette(output), silhouette),
    detail: (output) => detailKept(output, truth.image, features),
    coat: (output) => coatOf(colourUnder(output, fur)),
    error: (output, coat) => colourError(output, fur, coats[coat]!.rgb),
  };
}

/** All figures at once, of what `judgeAnimals` has judged. @throws ArgumentError when there are no random outputs */
export function animalFigures(judgements: AnimalJudgements): AnimalFigures {
  const figures = Object.entries(resampledAnimalFigures(judgements)).map(([name, { count, figure }]) => [name, figure(new Uint8Array(count).fill(1))] as const);
  return Object.fromEntries(figures) as unknown as AnimalFigures;
}

/** Judges outputs, all or some at a time: the judgements of parts, joined, are those of the whole. @throws DataError when a truth is not of its coat */
export function judgeAnimals({ random, guided }: AnimalOutputs): AnimalJudgements {
  return {
    random: random.map(({ truth, outputs }) => {
      const { iou, detail, coat } = measure(truth);
      return { ious: outputs.map(iou), details: outputs.map(detail), found: outputs.map((output) => coat(output) ?? null) };
    }),
    guided: guided.map(({ truth, output, coat: wanted }) => {
      const { iou, detail, coat, error } = measure(truth);
      return { iou: iou(output), detail: detail(output), right: coat(output) === wanted, error: error(output, wanted) };
    }),
  };
}

/**
 * The figures as functions of resampled drawings, each with all its outputs, and of guided outputs: for intervals.
 * @throws ArgumentError when there are no random outputs
 */
export function resampledAnimalFigures({ random: judged, guided: followed }: AnimalJudgements): Readonly<Record<keyof AnimalFigures, ResampledFigure>> {
  if (judged.length === 0) throw new ArgumentError('The animals need outputs for at least one drawing.');
  const coatsOf = (found: readonly (number | null)[]): number[] => [...new Set(found.filter((coat) => coat !== null))];
  return {
    contentIoU: meanOver([...judged.map(({ ious }) => ious), ...followed.map(({ iou }) => [iou])]),
    coatsCovered: meanOver(judged.map(({ found }) => [coatsOf(found).length])),
    // Drawing with replacement leaves drawings out, and can only lose coats.
    coatsCoveredOverall: { count: judged.length, figure: (times) => coatsOf(judged.flatMap(({ found }, i) => ((times[i] as number) > 0 ? found : []))).length },
    coatUndecided: meanOver(judged.map(({ found }) => found.map((coat) => (coat === null ? 1 : 0)))),
    guidedCoat: meanOver(followed.map(({ right }) => [right ? 1 : 0])),
    guidedColourError: meanOver(followed.map(({ error }) => [error])),
    detail: meanOver([...judged.map(({ details }) => details), ...followed.map(({ detail }) => [detail])]),
  };
}

/** The mean over all values of groups, each as often as it was drawn; NaN without any. */
const meanOver = (groups: readonly (readonly number[])[]): ResampledFigure => {
  const sums = groups.map((values) => values.reduce((sum, value) => sum + value, 0));
  const over = (of: (group: number) => number, times: ArrayLike<number>): number => groups.reduce((sum, _, i) => sum + of(i) * (times[i] as number), 0);
  return { count: groups.length, figure: (times) => over((i) => sums[i] as number, times) / over((i) => (groups[i] as readonly number[]).length, times) };
};
