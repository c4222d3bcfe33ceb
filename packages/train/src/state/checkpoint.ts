/** A training state as one safetensors file, and back, bit for bit. */
import { CheckpointMismatchError, type Params, readSafetensors, Rng, type RngState, type Tensor, tensor, type Tree, treeEntries, treeUnflatten, writeSafetensors, type WriteEntry } from '@munit/core';
import type { BatchesState } from '@munit/data';
import { type ParameterSpec, trainable } from '@munit/layers';
import type { TrainingConfig } from '../config/schema.js';
import type { AdamState } from '../optimizer/adam.js';
import type { NetworkTrees, StateLayout, TrainState } from './state.js';

/** What a checkpoint's metadata call its format. */
export const encodedFormat = 'munit-training-state-1';
const ownPrefix = 'own.';

/** What a checkpoint says besides its tensors; all strings, as safetensors' metadata are. */
export type StateMetadata = Readonly<Record<string, string>>;

/** The trees of a state by their name in the file. */
function namedTrees<T>({ gen, dis }: NetworkTrees<T>, moments: Readonly<Record<string, { readonly m: Tree<T>; readonly v: Tree<T> }>>, ema: Tree<T> | undefined): Record<string, Tree<T>> {
  const named = Object.entries(moments).flatMap(([name, { m, v }]): [string, Tree<T>][] => [[`${name}_m`, m], [`${name}_v`, v]]);
  return { gen, dis, ...Object.fromEntries(named), ...(ema === undefined ? {} : { ema }) };
}

/** A checkpoint: the state, its configuration and where the data stand, from which training resumes bit for bit. */
export function encodeCheckpoint(state: TrainState, config: TrainingConfig, data: BatchesState): Promise<Uint8Array> {
  return encodeState(state, { config: JSON.stringify(config), data: JSON.stringify(data) });
}

/** @returns the bytes of a safetensors file; `metadata` (configuration, data position) is kept in it */
export async function encodeState(state: TrainState, metadata: StateMetadata = {}): Promise<Uint8Array> {
  const entries: [string, WriteEntry][] = [];
  for (const { path, leaf } of treeEntries<Tensor>({ ...namedTrees<Tensor>(state, state.optimizers, state.ema), own: state.own })) {
    entries.push([path, { shape: leaf.shape, data: (await leaf.data()) as Float32Array }]);
  }
  return writeSafetensors(entries, {
    ...metadata,
    format: encodedFormat,
    step: String(state.step),
    rng: JSON.stringify(state.rng),
    ...Object.fromEntries(Object.entries(state.optimizers).map(([name, { count }]) => [`${name}_updates`, String(count)])),
  });
}

/**
 * Reads what `encodeState` wrote into a state of `layout`. Only the file's own tensors are made.
 * @throws CheckpointMismatchError when the file is not a training state or does not fit; @throws SafetensorsError when it is damaged
 */
export function decodeState(file: Uint8Array, layout: StateLayout): { readonly state: TrainState; readonly metadata: StateMetadata } {
  const { tensors, metadata } = readSafetensors(file);
  if (metadata.get('format') !== encodedFormat) {
    throw new CheckpointMismatchError('This file is not a training state of munit.', { remedy: 'Give a checkpoint of a run folder.' });
  }
  const specs = layoutTrees(layout);
  checkFit(specs, new Map([...tensors].filter(([name]) => !name.startsWith(ownPrefix)).map(([name, { shape }]) => [name, shape])));
  // What the file says is checked before any tensor is made.
  const updates = Object.fromEntries(Object.keys(layout.optimizers).map((name) => [name, wholeNumber(metadata, `${name}_updates`)]));
  const [step, rng] = [wholeNumber(metadata, 'step'), rngState(metadata)];

  const read = (name: string, shape: readonly number[]): Tensor => tensor(tensors.get(name)?.float32() as Float32Array, [...shape]);
  const tree = (name: string): Params => {
    const like = specs[name] as Tree<ParameterSpec>;
    return treeUnflatten(like, treeEntries<ParameterSpec>(like).map(({ path, leaf }) => read(`${name}.${path}`, leaf.shape)));
  };
  const own = [...tensors].filter(([name]) => name.startsWith(ownPrefix));
  const state: TrainState = {
    step,
    rng,
    gen: tree('gen'),
    dis: tree('dis'),
    optimizers: Object.fromEntries(Object.entries(updates).map(([name, count]): [string, AdamState] => [name, { m: tree(`${name}_m`), v: tree(`${name}_v`), count }])),
    ema: layout.average ? tree('ema') : undefined,
    own: Object.fromEntries(own.map(([name, { shape }]) => [name.slice(ownPrefix.length), read(name, shape)])),
  };
  return { state, metadata: Object.fromEntries(metadata) };
}

/** What the file of a layout must hold, but for the method's own tensors. */
function layoutTrees({ specs, optimizers, average }: StateLayout): Record<string, Tree<ParameterSpec>> {
  const moments = Object.entries(optimizers).map(([name, target]) => {
    const trained = trainable(target<ParameterSpec>(specs));
    return [name, { m: trained, v: trained }] as const;
  });
  return namedTrees<ParameterSpec>(specs, Object.fromEntries(moments), average ? specs.gen : undefined);
}

function checkFit(specs: Readonly<Record<string, Tree<ParameterSpec>>>, found: ReadonlyMap<string, readonly number[]>): void {
  const expected = new Map(treeEntries<ParameterSpec>(specs).map(({ path, leaf }) => [path, leaf.shape] as const));
  const problems = [
    ...[...expected.keys()].filter((name) => !found.has(name)).map((name) => `${name} is missing`),
    ...[...found.keys()].filter((name) => !expected.has(name)).map((name) => `${name} is unexpected`),
    ...[...expected]
      .filter(([name, shape]) => found.has(name) && found.get(name)?.join() !== shape.join())
      .map(([name, shape]) => `${name} has the shape [${found.get(name)?.join(', ')}] instead of [${shape.join(', ')}]`),
  ];
  if (problems.length === 0) return;
  const shown = problems.slice(0, 5).join('; ');
  throw new CheckpointMismatchError(`The checkpoint does not fit this configuration: ${shown}${problems.length > 5 ? `; and ${problems.length - 5} more` : ''}.`, {
    remedy: 'Resume with the configuration that the run was started with.',
  });
}

const remedy = 'Resume from another checkpoint of the run, or start a new run.';

/** More than any run makes; far beyond it, numbers no longer count in steps of one. */
const mostUpdates = 2 ** 40;

function wholeNumber(metadata: ReadonlyMap<string, string>, key: string): number {
  const text = metadata.get(key);
  const value = Number(text);
  if (text === undefined || !/^\d+$/.test(text) || value > mostUpdates) {
    throw new CheckpointMismatchError(`The checkpoint's '${key}' must be an integer between 0 and 2^40; got ${text === undefined ? 'none' : `'${text.slice(0, 40)}'`}.`, { remedy });
  }
  return value;
}

/** @throws CheckpointMismatchError when it is not the state of a random source */
function rngState(metadata: ReadonlyMap<string, string>): RngState {
  try {
    const words = JSON.parse(metadata.get('rng') ?? 'null') as RngState;
    return Rng.restore(words).state();
  } catch (cause) {
    throw new CheckpointMismatchError("The checkpoint's 'rng' is not the state of a random source.", { cause, remedy });
  }
}
