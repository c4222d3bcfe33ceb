/** `model.json`: the part of a model folder that people and programs read first. */
import { type Domain, perDomain, type PerDomain } from '@munit/core';
import { ModelSourceError } from '../errors.js';
import type { ArchitectureHints, GeneratorsArchitecture } from '../official/architecture.js';
import { generatorMethods, kindOf, type OwnChoices, type OwnSize } from '../official/kinds.js';
import type { DomainInfo, Json, WeightsDtype } from './types.js';

export const FORMAT = 'munit-model';
export const VERSION = 1;
export const MANIFEST_FILE = 'model.json';
export const WEIGHTS_FILE = 'model.safetensors';
export const CARD_FILE = 'README.md';

/** What a model says about itself, whichever file says it. */
export interface ModelDescription {
  /** Always `munit-model`. */
  readonly format: typeof FORMAT;
  /** Of the format. */
  readonly version: typeof VERSION;
  /** What its generators are made of. */
  readonly architecture: GeneratorsArchitecture;
  /** What it translates between. */
  readonly domains: PerDomain<DomainInfo & { readonly channels: number }>;
  /** How it was trained. */
  readonly training?: Json;
  /** What it scores. */
  readonly metrics?: Json;
  /** SPDX name of the weights' licence. */
  readonly license?: string;
}

/** `model.json`: a model's description, and its weights' file. */
export interface ModelManifest extends ModelDescription {
  /** The file beside it, with its type, size and SHA-256. */
  readonly weights: {
    readonly file: string;
    readonly dtype: WeightsDtype;
    readonly bytes: number;
    readonly sha256: string;
  };
}

type Fields = { readonly [key: string]: Json | undefined };

function refuse(where: string, what: string): ModelSourceError {
  return new ModelSourceError(`${where} is not a valid model description: ${what}.`, {
    remedy: 'Write the model again, or download it again.',
  });
}

class Reader {
  readonly where: string;

  constructor(where: string) {
    this.where = where;
  }

  object(value: Json | undefined, name: string): Fields {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) throw refuse(this.where, `'${name}' is not an object`);
    return value as Fields;
  }

  text(value: Json | undefined, name: string): string {
    if (typeof value !== 'string' || value.length === 0 || value.length > 200) {
      throw refuse(this.where, `'${name}' is not a text of 1 to 200 characters`);
    }
    return value;
  }

  whole(value: Json | undefined, name: string, least: number, most: number): number {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
      throw refuse(this.where, `'${name}' must be an integer between ${least} and ${most}`);
    }
    return value;
  }

  choice(value: Json | undefined, name: string, choices: OwnChoices): string | boolean {
    const choice = choices.find((c) => c === value);
    if (choice === undefined) throw refuse(this.where, `'${name}' is not one of ${choices.join(', ')}`);
    return choice;
  }

  oneOf<T extends string>(value: Json | undefined, name: string, choices: readonly T[]): T {
    const choice = choices.find((c) => c === value);
    if (choice === undefined) throw refuse(this.where, `'${name}' is not one of ${choices.join(', ')}`);
    return choice;
  }
}

const ACTIVATIONS: readonly NonNullable<ArchitectureHints['activation']>[] = ['relu', 'lrelu', 'prelu', 'selu', 'tanh', 'none'];
const PADDINGS: readonly NonNullable<ArchitectureHints['padMode']>[] = ['reflect', 'replicate', 'zero'];

function parseArchitecture(read: Reader, value: Json | undefined): GeneratorsArchitecture {
  const fields = read.object(value, 'architecture');
  const inputDim = read.object(fields['inputDim'], 'inputDim');
  const common = {
    inputDim: { a: read.whole(inputDim['a'], 'inputDim.a', 1, 64), b: read.whole(inputDim['b'], 'inputDim.b', 1, 64) },
    dim: read.whole(fields['dim'], 'dim', 1, 4096),
    nDownsample: read.whole(fields['nDownsample'], 'nDownsample', 0, 10),
    nRes: read.whole(fields['nRes'], 'nRes', 0, 64),
    activation: read.oneOf(fields['activation'], 'activation', ACTIVATIONS),
    padMode: read.oneOf(fields['padMode'], 'padMode', PADDINGS),
  };
  const method = read.oneOf(fields['method'], 'method', generatorMethods);
  const kind = kindOf({ method });
  const sizes = Object.entries<OwnSize>(kind.sizes).map(([key, { least = 1, most }]) => [key, read.whole(fields[key], key, least, most)]);
  const choices = Object.entries<OwnChoices>(kind.choices).map(([key, allowed]) => [key, read.choice(fields[key], key, allowed)]);
  const optional = Object.entries<OwnChoices>(kind.optional).flatMap(([key, allowed]) => (fields[key] === undefined ? [] : [[key, read.choice(fields[key], key, allowed)]]));
  // The table's sizes and choices are those that this kind's architecture has besides.
  return { method, ...common, ...Object.fromEntries([...sizes, ...choices, ...optional]) } as GeneratorsArchitecture;
}

function parseDescription(read: Reader, fields: Fields): ModelDescription {
  if (fields['format'] !== FORMAT) throw refuse(read.where, `'format' is not '${FORMAT}'`);
  if (fields['version'] !== VERSION) {
    throw new ModelSourceError(`${read.where} has version ${JSON.stringify(fields['version'])}; this munit reads ${VERSION}.`, {
      remedy: 'Update munit, or write the model with this version.',
    });
  }
  const architecture = parseArchitecture(read, fields['architecture']);
  const domains = read.object(fields['domains'], 'domains');
  const domain = (key: Domain): DomainInfo & { readonly channels: number } => ({
    name: read.text(read.object(domains[key], `domains.${key}`)['name'], `domains.${key}.name`),
    channels: architecture.inputDim[key],
  });
  const { training, metrics, license } = fields;
  return {
    format: FORMAT,
    version: VERSION,
    architecture,
    domains: perDomain(domain),
    ...(training === undefined ? {} : { training }),
    ...(metrics === undefined ? {} : { metrics }),
    ...(license === undefined ? {} : { license: read.text(license, 'license') }),
  };
}

function parseJson(where: string, text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    const page = /^\s*<(!doctype|html)/i.test(text);
    throw new ModelSourceError(`${where} is not JSON${page ? ' but a web page' : ''}.`, {
      cause,
      remedy: page ? 'Check the address: it leads to a page, not to a file.' : 'The file is damaged; get it again.',
    });
  }
}

/** The description that a single weights file carries. @throws ModelSourceError */
export function parseModelDescription(text: string, where: string): ModelDescription {
  const read = new Reader(where);
  return parseDescription(read, read.object(parseJson(where, text), 'the description'));
}

/** @throws ModelSourceError that names the field */
export function parseManifest(text: string, where: string): ModelManifest {
  const read = new Reader(where);
  const fields = read.object(parseJson(where, text), 'the manifest');
  const weights = read.object(fields['weights'], 'weights');
  const sha256 = read.text(weights['sha256'], 'weights.sha256');
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw refuse(where, "'weights.sha256' is not 64 hexadecimal digits");
  const file = read.text(weights['file'], 'weights.file');
  // Only a name beside the manifest: a model must not point anywhere else.
  if (!/^[\w][\w.-]*$/.test(file)) throw refuse(where, "'weights.file' is not a plain file name");
  return {
    ...parseDescription(read, fields),
    weights: {
      file,
      dtype: read.oneOf(weights['dtype'], 'weights.dtype', ['float32', 'float16']),
      bytes: read.whole(weights['bytes'], 'weights.bytes', 8, 2 ** 40),
      sha256,
    },
  };
}
