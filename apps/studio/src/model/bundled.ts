/** Models that come with the studio, in `public/models/<id>/`, with images to try them on, in `public/samples/`. One entry is one model. */
import type { Domain, PerDomain } from '@munit/core';
import type { english } from '../words/english/table.js';
import { words } from '../words/words.js';

export interface BundledSample {
  /** Stands in links; unique among the samples of all models. */
  readonly id: string;
  /** Of its name: drawing 3. */
  readonly number: number;
  /** Below `samples/`. */
  readonly file: string;
}

/** What a model's images have in common, as far as a glance at one can tell. */
export interface Kind {
  /** As its `model.json` calls it. */
  readonly name: string;
  /** Least share of pixels that are nearly white, 0 to 1. */
  readonly leastWhite?: number;
  /** Most colour: the mean over pixels of the largest minus the smallest of red, green and blue, 0 to 255. */
  readonly mostColour?: number;
}

/** What it is called and what there is to say of it is in the tables of words, by its id. */
export interface BundledModel {
  readonly id: keyof typeof english.bundled;
  readonly kinds: PerDomain<Kind>;
  readonly samples: PerDomain<readonly BundledSample[]>;
}

const numbered = (count: number, prefix: string): BundledSample[] =>
  Array.from({ length: count }, (_, i) => ({ id: `${prefix}${i}`, number: i + 1, file: `${prefix}${i}.png` }));

/** The first one is loaded when nothing else is wished for. */
export const bundledModels: readonly [BundledModel, ...BundledModel[]] = [
  {
    id: 'animals',
    kinds: {
      a: { name: 'drawings', leastWhite: 0.5, mostColour: 24 },
      b: { name: 'animals', leastWhite: 0.3 },
    },
    samples: { a: numbered(6, 'animal-a'), b: numbered(6, 'animal-b') },
  },
  {
    id: 'shapes',
    kinds: {
      a: { name: 'outlines', leastWhite: 0.5, mostColour: 24 },
      b: { name: 'colours', leastWhite: 0.3 },
    },
    samples: { a: numbered(6, 'a'), b: numbered(6, 'b') },
  },
];

/** @returns undefined for a name that no bundled model has */
export const bundledModel = (id: string): BundledModel | undefined => bundledModels.find((one) => one.id === id);

/** What a bundled model is called, in the language in use. */
export const bundledName = (id: string): string => (Object.hasOwn(words.value.bundled, id) ? words.value.bundled[id as BundledModel['id']].name : id);

/** What a model calls one of its kinds of images: those of the bundled ones in the language in use, others as they are. */
export const kindName = (name: string): string => (Object.hasOwn(words.value.kinds, name) ? words.value.kinds[name as keyof typeof english.kinds] : name);

/** What a bundled model has seen, as it completes "This model has only seen …". */
export const bundledKind = (id: string, domain: Domain): string => (Object.hasOwn(words.value.bundled, id) ? words.value.bundled[id as BundledModel['id']][domain] : id);
