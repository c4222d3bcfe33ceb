/** A training state as one safetensors file, and back, bit for bit. */
import { CheckpointMismatchError, type Params, type PerDomain, readSafetensors, Rng, type RngState, tensor, type Tensor, type Tree, treeEntries, treeUpdate, type WriteEntry, writeSafetensors } from '@munit/core';
import type { TrainState } from './types.js';

/** The trees of a state by their name in the file. */
const trees = (state: TrainState): Record<string, Tree<Tensor>> => ({
  gen: state.gen,
  dis: state.dis,
  gen_m: state.genOptimizer.m,
  gen_v: state.genOptimizer.v,
  dis_m: state.disOptimizer.m,
  dis_v: state.disOptimizer.v,
  ...(state.ema === undefined ? {} : { ema: state.ema }),
});

/** What a checkpoint says besides its tensors; all strings, as safetensors' metadata are. */
export type StateMetadata = Readonly<Record<string, string>>;

/** @returns the bytes of a safetensors file; `metadata` (configuration, data position) goes along */
export async function encodeState(state: TrainState, metadata: StateMetadata = {}): Promise<Uint8Array> {
  const entries: [string, WriteEntry][] = [];
  for (const [name, tree] of Object.entries(trees(state))) {
    for (const { path, leaf } of treeEntries<Tensor>(tree)) {
      entries.push([`${name}.${path}`, { shape: leaf.shape, data: (await leaf.data()) as Float32Array }]);
    }
  }
  return writeSafetensors(entries, {
    ...metadata,
    format: 'munit-training-state-1',
    step: String(state.step),
    rng: JSON.stringify(state.rng),
    gen_updates: String(state.genOptimizer.count),
    dis_updates: String(state.disOptimizer.count),
  });
}

/**
 * Reads what `encodeState` wrote into the shape of `like` (a fresh state of the same configuration), whose tensors stay the caller's.
 * @throws CheckpointMismatchError when the file is no training state or does not fit; @throws SafetensorsError when it is damaged
 */
export function decodeState(file: Uint8Array, like: TrainState): { readonly state: TrainState; readonly metadata: StateMetadata } {
  const { tensors, metadata } = readSafetensors(file);
  if (metadata.get('format') !== 'munit-training-state-1') {
    throw new CheckpointMismatchError('This file is not a training state of munit.', { remedy: 'Give a checkpoint of a run folder.' });
  }
  const expected = new Map<string, readonly number[]>(
    Object.entries(trees(like)).flatMap(([name, tree]) => treeEntries<Tensor>(tree).map(({ path, leaf }) => [`${name}.${path}`, leaf.shape] as const)),
  );
  const problems = [
    ...[...expected].filter(([name]) => !tensors.has(name)).map(([name]) => `${name} is missing`),
    ...[...tensors.keys()].filter((name) => !expected.has(name)).map((name) => `${name} is unexpected`),
    ...[...expected]
      .filter(([name, shape]) => tensors.has(name) && tensors.get(name)?.shape.join() !== shape.join())
      .map(([name, shape]) => `${name} has the shape [${tensors.get(name)?.shape.join(', ')}] instead of [${shape.join(', ')}]`),
  ];
  if (problems.length > 0) {
    const shown = problems.slice(0, 5).join('; ');
    throw new CheckpointMismatchError(`The checkpoint does not fit this configuration: ${shown}${problems.length > 5 ? `; and ${problems.length - 5} more` : ''}.`, {
      remedy: 'Resume with the configuration that the run was started with.',
    });
  }
  const read = (name: string, tree: PerDomain<Params>): PerDomain<Params> =>
    treeUpdate<Tensor, PerDomain<Params>>(tree, (leaf, path) => tensor(tensors.get(`${name}.${path}`)?.float32() as Float32Array, leaf.shape));
  // What the file says is looked at before any tensor is made.
  const step = wholeNumber(metadata, 'step');
  const rng = rngState(metadata);
  const counts = { gen: wholeNumber(metadata, 'gen_updates'), dis: wholeNumber(metadata, 'dis_updates') };
  const state: TrainState = {
    step,
    rng,
    gen: read('gen', like.gen),
    dis: read('dis', like.dis),
    genOptimizer: { m: read('gen_m', like.genOptimizer.m), v: read('gen_v', like.genOptimizer.v), count: counts.gen },
    disOptimizer: { m: read('dis_m', like.disOptimizer.m), v: read('dis_v', like.disOptimizer.v), count: counts.dis },
    ema: like.ema === undefined ? undefined : read('ema', like.ema),
  };
  return { state, metadata: Object.fromEntries(metadata) };
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
