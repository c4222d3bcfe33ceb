/** The kinds of generators that models have, one entry each: all that differs from one to the next. */
import type { Domain } from '@munit/core';
import { type GeneratorNode, type GeneratorSizes, munitGenerator, type OfficialLayer, unitGenerator } from '@munit/layers';
import type { GeneratorsArchitecture } from './architecture.js';

/** A generator of any kind: its sizes, and its parts by their roles (`describe().roles`). */
export interface GeneratorLayer extends OfficialLayer, GeneratorSizes {
  /** What it was made from; `inputDim`: channels of its images. */
  readonly architecture: { readonly inputDim: number };
  /** Its parts by their roles. */
  describe(): GeneratorNode;
}

/** A size that stands in the shape of some tensor: its official name, and the axis. */
export type Place = readonly [name: string, axis: number];

/** A size that generators of one kind have besides those that all have. */
export interface OwnSize {
  /** The published option that sets it. */
  readonly option: string;
  /** What it is, for messages. */
  readonly what: string;
  /** Where a checkpoint tells it: the first of these that is there. */
  readonly places: readonly Place[];
  /** The largest that a model description may state. */
  readonly most: number;
}

/** One kind of generators. */
export interface GeneratorKind<A extends GeneratorsArchitecture = GeneratorsArchitecture> {
  /** Its name in prose. */
  readonly title: string;
  /** What it does, in a few words. */
  readonly summary: string;
  /** What official names of its generators, and of no other's, start with. */
  readonly marks: readonly string[];
  /** The official name of its content encoder. */
  readonly contentEncoder: string;
  /** Sizes of its own, by their keys in the architecture. */
  readonly sizes: Readonly<Record<Exclude<keyof A, keyof GeneratorsArchitecture>, OwnSize>>;
  /** One domain's generator. @throws ArgumentError when the architecture is not possible */
  layer(architecture: A, domain: Domain): GeneratorLayer;
}

type Kinds = { readonly [M in GeneratorsArchitecture['method']]: GeneratorKind<Extract<GeneratorsArchitecture, { readonly method: M }>> };

/** All kinds, by the `method` of an architecture and of a model's description. */
export const generatorKinds: Kinds = {
  munit: {
    title: 'MUNIT',
    summary: 'many outputs per input, by style codes',
    marks: ['enc_style.', 'mlp.'],
    contentEncoder: 'enc_content',
    sizes: {
      styleDim: { option: 'style_dim', what: 'the size of the style code', places: [['enc_style.model.6.weight', 0], ['enc_style.model.6.bias', 0], ['mlp.model.0.fc.weight', 1]], most: 65536 },
      mlpDim: { option: 'mlp_dim', what: 'the width of the MLP', places: [['mlp.model.0.fc.weight', 0], ['mlp.model.0.fc.bias', 0], ['mlp.model.1.fc.bias', 0]], most: 65536 },
    },
    layer: ({ method: _, ...munit }, domain) => munitGenerator({ ...munit, inputDim: munit.inputDim[domain] }),
  },
  unit: {
    title: 'UNIT',
    summary: 'one output per input',
    marks: ['enc.model.'],
    contentEncoder: 'enc',
    sizes: {},
    layer: ({ method: _, ...unit }, domain) => unitGenerator({ ...unit, inputDim: unit.inputDim[domain] }),
  },
};

/** The names of all kinds. */
export const generatorMethods = Object.keys(generatorKinds) as GeneratorsArchitecture['method'][];

/** The kind of an architecture. */
export function kindOf(architecture: Pick<GeneratorsArchitecture, 'method'>): GeneratorKind {
  // An entry of the table takes the architectures that bear its name.
  return generatorKinds[architecture.method] as GeneratorKind;
}

/** One domain's generator, as a layer. @throws ArgumentError when the architecture is not possible */
export const generatorLayer = (architecture: GeneratorsArchitecture, domain: Domain): GeneratorLayer => kindOf(architecture).layer(architecture, domain);

/** Length of the style codes; 0 for models without styles. */
export const styleDimOf = (architecture: GeneratorsArchitecture): number => ('styleDim' in architecture ? architecture.styleDim : 0);
