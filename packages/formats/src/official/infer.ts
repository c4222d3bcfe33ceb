/** The architecture of a network, from the shapes of its weights. */
import { CheckpointMismatchError, checkOptions, type PerDomain } from '@munit/core';
import type { StateDict } from '../torch/tensor.js';
import { type ArchitectureHints, type DiscriminatorsArchitecture, type GeneratorsArchitecture, hintNames } from './architecture.js';
import { generatorMethods, kindOf, type OwnSize, type Place } from './kinds.js';

type Activation = NonNullable<ArchitectureHints['activation']>;
type Norm = NonNullable<ArchitectureHints['norm']>;

/** The first of several places that the checkpoint has; one missing tensor does not hide the architecture. */
function sizeAt(what: string, weights: StateDict, ...places: readonly Place[]): number {
  for (const [name, axis] of places) {
    const size = weights.get(name)?.shape[axis];
    if (size !== undefined && size > 0) return size;
  }
  throw new CheckpointMismatchError(
    `The checkpoint does not tell ${what}: '${places.map(([name]) => name).join("' and '")}' are missing or have no such size.`,
    { remedy: 'The file is incomplete, or of another network.' },
  );
}

/** More layers, scales or blocks than any such network has. */
const MAX_PARTS = 64;

/** How many of `name(0), name(1), …` there are, up to the first that is absent. */
function count(weights: StateDict, name: (i: number) => string): number {
  let n = 0;
  while (n < MAX_PARTS && (weights.has(`${name(n)}.weight`) || weights.has(`${name(n)}.bias`))) n++;
  return n;
}

function activationOf(weights: StateDict, hint: Activation | undefined, fallback: Activation): Activation {
  const learned = [...weights.keys()].some((name) => name.endsWith('.activation.weight'));
  return learned ? 'prelu' : (hint ?? fallback);
}

function same<T extends string | number | undefined>(pair: PerDomain<T>, what: string): T {
  if (pair.a !== pair.b) {
    throw new CheckpointMismatchError(`The networks of the two domains differ in ${what}: ${String(pair.a)} in a, ${String(pair.b)} in b.`, {
      remedy: 'Both must come from one training run.',
    });
  }
  return pair.a;
}

/** Reads one number from both domains' networks, which must agree. */
function both<T extends string | number | undefined>(networks: PerDomain<StateDict>, what: string, read: (weights: StateDict) => T): T {
  return same({ a: read(networks.a), b: read(networks.b) }, what);
}

/** Which kind of generator it is, by what only its tensors are called; undefined for none. */
export function methodOf(weights: StateDict): GeneratorsArchitecture['method'] | undefined {
  const names = [...weights.keys()];
  return generatorMethods.find((method) => kindOf({ method }).marks.some((mark) => names.some((name) => name.startsWith(mark))));
}

/** @throws CheckpointMismatchError when the tensors that tell are missing, or the domains disagree */
export function inferGenerator(networks: PerDomain<StateDict>, hints: ArchitectureHints = {}): GeneratorsArchitecture {
  checkOptions('inferGenerator', hints, hintNames);
  const method = both(networks, 'the kind of network', methodOf);
  if (method === undefined) {
    const kinds = generatorMethods.map((name) => kindOf({ method: name }));
    throw new CheckpointMismatchError(`The networks are not generators of ${kinds.map(({ title }) => title).join(' or ')}: no name starts with ${kinds.flatMap(({ marks }) => marks).join(', ')}.`, {
      remedy: 'Give the file gen_*.pt of a training run.',
    });
  }
  const { contentEncoder: content, sizes } = kindOf({ method });
  const first = `${content}.model.0.conv`;
  const nDownsample = both(networks, 'the number of downsamplings', (w) =>
    Math.max(0, count(w, (i) => (i === 0 ? first : `${content}.model.${i}.conv`)) - 1),
  );
  const inputDim = (w: StateDict): number =>
    sizeAt("the images' channels", w, [`${first}.weight`, 1], [`dec.model.${2 * nDownsample + 1}.conv.bias`, 0]);
  const common = {
    inputDim: { a: inputDim(networks.a), b: inputDim(networks.b) },
    dim: both(networks, 'dim', (w) => sizeAt('the width', w, [`${first}.weight`, 0], [`${first}.bias`, 0])),
    nDownsample,
    nRes: both(networks, 'the number of residual blocks', (w) =>
      count(w, (i) => `${content}.model.${nDownsample + 1}.model.${i}.model.0.conv`),
    ),
    activation: both(networks, 'the activation', (w) => activationOf(w, hints.activation, 'relu')),
    padMode: hints.padMode ?? 'reflect',
  };
  const own = Object.entries<OwnSize>(sizes).map(([key, { option, what, places }]) => [key, both(networks, option, (w) => sizeAt(what, w, ...places))]);
  // The table's sizes are those that this kind's architecture has besides.
  return { method, ...common, ...Object.fromEntries(own) } as GeneratorsArchitecture;
}

function discriminatorNorm(weights: StateDict, hint: Norm | undefined): Norm {
  const names = [...weights.keys()];
  const some = (part: string): boolean => names.some((name) => name.includes(part));
  if (some('.conv.module.')) return 'sn';
  if (some('.norm.gamma')) return 'ln';
  if (some('.norm.weight')) return 'bn';
  // PyTorch 0.3 kept statistics for instance norm, which give it away.
  if (some('.norm.running_mean')) return 'in';
  return hint === 'in' ? 'in' : 'none';
}

/** @throws CheckpointMismatchError when the tensors that tell are missing, or the domains disagree */
export function inferDiscriminator(networks: PerDomain<StateDict>, hints: ArchitectureHints = {}): DiscriminatorsArchitecture {
  checkOptions('inferDiscriminator', hints, hintNames);
  const first = 'cnns.0.0.conv';
  const blocks = (w: StateDict): number =>
    count(w, (i) => (w.has(`cnns.0.${i}.conv.module.bias`) ? `cnns.0.${i}.conv.module` : `cnns.0.${i}.conv`));
  const inputDim = (w: StateDict): number => sizeAt("the images' channels", w, [`${first}.weight`, 1]);
  return {
    inputDim: { a: inputDim(networks.a), b: inputDim(networks.b) },
    dim: both(networks, 'dim', (w) => sizeAt('the width', w, [`${first}.weight`, 0], [`${first}.bias`, 0])),
    nLayer: both(networks, 'the number of layers', blocks),
    numScales: both(networks, 'the number of scales', (w) => count(w, (i) => `cnns.${i}.0.conv`)),
    norm: both(networks, 'the norm', (w) => discriminatorNorm(w, hints.norm)),
    activation: both(networks, 'the activation', (w) => activationOf(w, hints.activation, 'lrelu')),
    padMode: hints.padMode ?? 'reflect',
  };
}
