/** Models that come with the studio, in `public/models/<id>/`, with images to try them on, in `public/samples/`. One entry is one model. */
import type { PerDomain } from '@munit/core';

export interface BundledSample {
  /** Stands in links; unique among the samples of all models. */
  readonly id: string;
  readonly name: string;
  /** Below `samples/`. */
  readonly file: string;
}

/** What a model's images have in common, as far as a glance at one can tell. */
export interface Kind {
  /** As its `model.json` calls it. */
  readonly name: string;
  /** Completes "This model has only seen …". */
  readonly about: string;
  /** Least share of pixels that are nearly white, 0 to 1. */
  readonly leastWhite?: number;
  /** Most colour: the mean over pixels of the largest minus the smallest of red, green and blue, 0 to 255. */
  readonly mostColour?: number;
}

export interface BundledModel {
  readonly id: string;
  readonly name: string;
  readonly about: string;
  readonly kinds: PerDomain<Kind>;
  readonly samples: PerDomain<readonly BundledSample[]>;
}

const numbered = (count: number, prefix: string, name: string): BundledSample[] =>
  Array.from({ length: count }, (_, i) => ({ id: `${prefix}${i}`, name: `${name} ${i + 1}`, file: `${prefix}${i}.png` }));

/** The first one is loaded when nothing else is wished for. */
export const bundledModels: readonly [BundledModel, ...BundledModel[]] = [
  {
    id: 'animals',
    name: 'Animals',
    about: 'Line drawings of animals to animals in colour and back, trained with munit on drawings that anyone may use. A few megabytes.',
    kinds: {
      a: { name: 'drawings', about: 'black line drawings of animal faces on white', leastWhite: 0.5, mostColour: 24 },
      b: { name: 'animals', about: 'animal faces in plain colours on white', leastWhite: 0.3 },
    },
    samples: { a: numbered(6, 'animal-a', 'Drawing'), b: numbered(6, 'animal-b', 'Animal') },
  },
  {
    id: 'shapes',
    name: 'Shapes',
    about: 'Outlines to coloured shapes and back, trained with munit on its synthetic set. A few megabytes.',
    kinds: {
      a: { name: 'outlines', about: 'black outlines on white', leastWhite: 0.5, mostColour: 24 },
      b: { name: 'colours', about: 'plain coloured shapes on white', leastWhite: 0.3 },
    },
    samples: { a: numbered(6, 'a', 'Outline'), b: numbered(6, 'b', 'Coloured shape') },
  },
];

/** @returns undefined for a name that no bundled model has */
export const bundledModel = (id: string): BundledModel | undefined => bundledModels.find((one) => one.id === id);
