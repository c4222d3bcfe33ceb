/** Everything that training changes, as one value. */
import { type Params, type Rng, type RngState, scale, type Tensor, tidy, type Tree, treeLeaves, treeUnflatten, treeUpdate } from '@munit/core';
import { type ParameterSpec, trainable } from '@munit/layers';
import type { Adam, AdamState } from '../optimizer/adam.js';

/**
 * Everything that training changes: with this and the data's position, training continues as if it had never stopped.
 * A step takes one and gives the next; the tensors of the old one are consumed.
 */
export interface TrainState<G extends Params = Params, D extends Params = Params> {
  /** Updates made. */
  readonly step: number;
  /** Where the styles and noises come from. */
  readonly rng: RngState;
  /** What translates, as one tree: the generators, and encoders beside them. */
  readonly gen: G;
  /** The discriminators, with the vectors of spectral normalisation, where there are any. */
  readonly dis: D;
  /** By the method's names. Of the trained part of the parameters: without spectral normalisation's vectors. */
  readonly optimizers: Readonly<Record<string, AdamState>>;
  /** Moving average of `gen`, which makes the better images; undefined when averaging is off. */
  readonly ema: G | undefined;
  /** What a method remembers besides, such as a pool of past fakes: tensors of any shape by name. Empty for MUNIT and UNIT. */
  readonly own: Readonly<Record<string, Tensor>>;
}

/** The two trees of networks that a state holds, of tensors or of anything else in the same places. */
export interface NetworkTrees<T> {
  /** What translates. */
  readonly gen: Tree<T>;
  /** The discriminators. */
  readonly dis: Tree<T>;
}

/**
 * A method's optimizers by name, each with the part of the networks that it updates: `{ gen: ({ gen }) => gen, dis: ({ dis }) => dis }`.
 * In checkpoints the moments of `gen` are `gen_m` and `gen_v`, and its updates are `gen_updates`.
 */
export type OptimizerTargets = Readonly<Record<string, <T>(networks: NetworkTrees<T>) => Tree<T>>>;

/** The shapes of a state, before there is one. */
export interface StateLayout {
  readonly specs: NetworkTrees<ParameterSpec>;
  readonly optimizers: OptimizerTargets;
  /** Whether a moving average of the generators is kept. */
  readonly average: boolean;
}

/** A state at step 0 around given parameters, which it takes over: empty moments, the average equal to the parameters. The caller owns it. */
export function stateAround<G extends Params, D extends Params>(
  networks: { readonly gen: G; readonly dis: D },
  { optimizers, average, adam, rng }: Omit<StateLayout, 'specs'> & { readonly adam: Adam; readonly rng: Rng },
): TrainState<G, D> {
  const { gen, dis } = networks;
  return {
    step: 0,
    rng: rng.state(),
    gen,
    dis,
    optimizers: Object.fromEntries(Object.entries(optimizers).map(([name, target]) => [name, adam.init(trainable(target<Tensor>(networks)))])),
    ema: average ? copyTree(gen) : undefined,
    own: {},
  };
}

/** What a state holds tensors in. */
const treeOf = ({ gen, dis, optimizers, ema, own }: TrainState): Tree<Tensor> => ({
  gen,
  dis,
  optimizers: Object.fromEntries(Object.entries(optimizers).map(([name, { m, v }]) => [name, { m, v }])),
  ...(ema === undefined ? {} : { ema }),
  own,
});

/** All tensors of a state. */
export const stateLeaves = (state: TrainState): Tensor[] => treeLeaves<Tensor>(treeOf(state));

/** The state with other tensors, in the order of `stateLeaves`. */
export function withLeaves<G extends Params, D extends Params>(state: TrainState<G, D>, leaves: readonly Tensor[]): TrainState<G, D> {
  // Same shape, same kind of leaves.
  const { optimizers, ...trees } = treeUnflatten(treeOf(state), leaves) as unknown as Pick<TrainState<G, D>, 'gen' | 'dis' | 'ema' | 'own' | 'optimizers'>;
  return { ...state, ...trees, optimizers: Object.fromEntries(Object.entries(state.optimizers).map(([name, { count }]) => [name, { ...(optimizers[name] as AdamState), count }])) };
}

/** Frees all tensors of a state. */
export function disposeState(state: TrainState): void {
  for (const leaf of stateLeaves(state)) leaf.dispose();
}

/** Copies of the values, not views: optimizers may overwrite in place. */
const copyTree = <P extends Params>(tree: P): P => treeUpdate<Tensor, P>(tree, (leaf) => tidy(() => scale(leaf, 1)));
