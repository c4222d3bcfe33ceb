import { ArgumentError } from '@munit/core';
import type { PixelImage } from '@munit/images';
import { intersectionOverUnion } from '../../synthetic/metrics/contentIoU.js';
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

/** What a model made of held-out drawings, for `animalFigures`. */
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

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

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

/** All figures at once. @throws ArgumentError when there are no random outputs, DataError when a truth is not of its coat */
export function animalFigures({ random, guided }: AnimalOutputs): AnimalFigures {
  if (random.length === 0) throw new ArgumentError('The animals need outputs for at least one drawing.');
  const judged = random.map(({ truth, outputs }) => {
    const { iou, detail, coat } = measure(truth);
    return { ious: outputs.map(iou), details: outputs.map(detail), found: outputs.map(coat) };
  });
  const followed = guided.map(({ truth, output, coat: wanted }) => {
    const { iou, detail, coat, error } = measure(truth);
    return { iou: iou(output), detail: detail(output), right: coat(output) === wanted ? 1 : 0, error: error(output, wanted) };
  });
  const decided = (found: readonly (number | undefined)[]): Set<number> => new Set(found.filter((coat) => coat !== undefined));
  const all = judged.flatMap(({ found }) => found);
  return {
    contentIoU: mean([...judged.flatMap(({ ious }) => ious), ...followed.map(({ iou }) => iou)]),
    coatsCovered: mean(judged.map(({ found }) => decided(found).size)),
    coatsCoveredOverall: decided(all).size,
    coatUndecided: all.filter((coat) => coat === undefined).length / all.length,
    guidedCoat: mean(followed.map(({ right }) => right)),
    guidedColourError: mean(followed.map(({ error }) => error)),
    detail: mean([...judged.flatMap(({ details }) => details), ...followed.map(({ detail }) => detail)]),
  };
}
