/** The kinds of generators that models have, one entry each: all that differs from one to the next. */
import { ArgumentError, type Domain, domains, otherDomain } from '@munit/core';
import { munitGenerator, unitGenerator } from '@munit/layers';
import type { GeneratorsArchitecture } from './architecture.js';
import type { GeneratorLayer } from './layer.js';
import { bicycleGanLayer, cycleGanLayer } from './translators.js';

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
  /** The smallest that a model description may state. Default 1. */
  readonly least?: number;
  /** The largest that a model description may state. */
  readonly most: number;
}

/** An option that generators of one kind have besides, and what it may be. */
export type OwnChoices = readonly (string | boolean)[];

/** Keys of an architecture that not all kinds have. */
type OwnKeys<A> = Exclude<keyof A, keyof GeneratorsArchitecture | OptionalOf<A>>;
/** Keys that an architecture may do without. */
type OptionalOf<A> = { [K in keyof A]-?: undefined extends A[K] ? K : never }[keyof A];
type NumbersOf<A> = { [K in OwnKeys<A>]: A[K] extends number ? K : never }[OwnKeys<A>];
type ChoicesOf<A> = Exclude<OwnKeys<A>, NumbersOf<A>>;

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
  readonly sizes: Readonly<Record<NumbersOf<A>, OwnSize>>;
  /** Options of its own that are names or yes and no, by their keys in the architecture. */
  readonly choices: Readonly<Record<ChoicesOf<A>, OwnChoices>>;
  /** Options that an architecture may do without: models had none of them once. */
  readonly optional: Readonly<Record<OptionalOf<A>, OwnChoices>>;
  /** One domain's generator. @throws ArgumentError when the architecture is not possible */
  layer(architecture: A, domain: Domain): GeneratorLayer;
}

type Kinds = { readonly [M in GeneratorsArchitecture['method']]: GeneratorKind<Extract<GeneratorsArchitecture, { readonly method: M }>> };

/** Options that all generators in one piece have. */
const translatorChoices = { directions: ['both', 'a-to-b'], norm: ['in', 'none'], whereAdd: ['input', 'all'], dropout: [true, false] } as const;

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
    choices: {},
    optional: { upNorm: ['ln', 'adain'], preActivation: [false, true], blurDown: [false, true], output: ['tanh', 'clamp'] },
    layer: ({ method: _, ...munit }, domain) => munitGenerator({ ...munit, inputDim: munit.inputDim[domain] }),
  },
  unit: {
    title: 'UNIT',
    summary: 'one output per input',
    marks: ['enc.model.'],
    contentEncoder: 'enc',
    sizes: {},
    choices: {},
    optional: {},
    layer: ({ method: _, ...unit }, domain) => unitGenerator({ ...unit, inputDim: unit.inputDim[domain] }),
  },
  cyclegan: {
    title: 'CycleGAN',
    summary: 'one output per input, or with noise several',
    marks: [],
    contentEncoder: '',
    sizes: { styleDim: { option: 'style_dim', what: 'the size of the noise', places: [], least: 0, most: 65536 } },
    choices: { ...translatorChoices, generator: ['resnet', 'unet'] },
    optional: {},
    layer: cycleGanLayer,
  },
  bicyclegan: {
    title: 'BicycleGAN',
    summary: 'many outputs per input, by style codes, from paired data',
    marks: [],
    contentEncoder: '',
    sizes: {
      styleDim: { option: 'nz', what: 'the size of the style code', places: [], least: 0, most: 65536 },
      encoderDim: { option: 'nef', what: 'the width of the encoder', places: [], most: 4096 },
      encoderDownsample: { option: 'netE', what: 'the depth of the encoder', places: [], most: 16 },
    },
    choices: { ...translatorChoices, upsampling: ['basic', 'bilinear'], encoder: ['resnet', 'conv', 'none'] },
    optional: {},
    layer: bicycleGanLayer,
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

/** Whether a model has a generator of images of `domain`. */
export const hasGenerator = (architecture: GeneratorsArchitecture, domain: Domain): boolean => !('directions' in architecture) || architecture.directions === 'both' || domain === 'b';

/** The translations of a model, from one domain to the other; from A to B first. */
export const directionsOf = (architecture: GeneratorsArchitecture): readonly { readonly from: Domain; readonly to: Domain }[] =>
  domains.map((from) => ({ from, to: otherDomain(from) })).filter(({ to }) => hasGenerator(architecture, to));

/** Whether the styles of examples of `domain` can be encoded. */
export const encodesStyles = (architecture: GeneratorsArchitecture, domain: Domain): boolean => generatorLayer(architecture, domain).describe().roles.styleEncoder !== undefined;

/** Options of an architecture that its published code does not have, by their keys: their first choice is what is published. */
export const unpublishedOptions = (architecture: GeneratorsArchitecture): string[] =>
  Object.entries<OwnChoices>(kindOf(architecture).optional).flatMap(([key, [published]]) => {
    const value: unknown = (architecture as unknown as Readonly<Record<string, unknown>>)[key];
    return value === undefined || value === published ? [] : [key];
  });

/** @throws ArgumentError for an architecture whose weights the published code would read for other networks */
export function requirePublished(architecture: GeneratorsArchitecture): void {
  const options = unpublishedOptions(architecture);
  if (options.length === 0) return;
  throw new ArgumentError(`The published code of ${kindOf(architecture).title} has no networks with ${options.join(', ')}, so that it would misread a file of these weights.`, {
    remedy: 'Write the model as munit or onnx.',
  });
}
