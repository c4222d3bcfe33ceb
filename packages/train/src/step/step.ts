/** One training step: the discriminators' update, then the generators', as the published trainer orders them. */
import { ArgumentError, detached, emaUpdate, type Params, type PerDomain, Rng, type Tensor, tidy, type Tree, treeLeaves, treeUnflatten, valueAndGrad } from '@munit/core';
import { powerIterate, stateTensors, trainable, withState } from '@munit/layers';
import type { AdamState, Optimizer } from '../optimizer/index.js';
import type { TrainState } from '../state/types.js';
import { averageGradients, averageTerms, disposeAll, freeUnless, keepAll } from './accumulate.js';
import type { Images, Objective, StepHooks, StepNoise, StepResult, Terms } from './types.js';

export interface StepOptions {
  readonly objective: Objective;
  readonly optimizer: Optimizer<PerDomain<Params>>;
  /** Learning rates of this step. */
  readonly rates: { readonly gen: number; readonly dis: number };
  /** Factor by which the average forgets at each step; ignored where the state has no average. */
  readonly emaDecay: number;
  /** What to draw with, instead of the state's random source (then the source stays as it is). */
  readonly noise?: readonly StepNoise[];
  readonly hooks?: StepHooks;
}

/**
 * One update of both discriminators and of both generators on `batches` (several: gradients are averaged over them).
 *
 * With one batch, the content codes of the real images are computed once and serve both halves: the generators do not
 * change in between, and the discriminators' half does not differentiate them. (The published step encodes twice.)
 *
 * Consumes the tensors of `state`; `batches` stay the caller's.
 */
export function trainStep(state: TrainState, batches: readonly Images[], options: StepOptions): StepResult {
  if (batches.length === 0) throw new ArgumentError('A training step needs at least one batch, but none came.');
  const rng = Rng.restore(state.rng);
  const noise = options.noise ?? batches.map((images) => options.objective.drawNoise(rng, images));
  try {
    const result = batches.length === 1 ? joinedStep(state, batches[0] as Images, noise[0] as StepNoise, options) : separateStep(state, batches, noise, options);
    return { terms: result.terms, state: { ...average(result.state, options.emaDecay), step: state.step + 1, rng: rng.state() } };
  } finally {
    if (options.noise === undefined) for (const { dis, gen } of noise) disposeAll([...dis, ...gen]);
  }
}

/** Both halves on one batch, the codes shared. */
function joinedStep(state: TrainState, images: Images, noise: StepNoise, options: StepOptions): StepResult {
  const { objective } = options;
  let dis: DisHalf | undefined;
  let advanced: PerDomain<Params> | undefined;
  const { value, aux, grads } = valueAndGrad((gen: PerDomain<Params>) => {
    const codes = objective.encode(gen, images);
    detached(() => {
      const fakes = tidyImages(() => objective.translate(state.gen, codes, noise));
      dis = updateDiscriminators(state, [{ fakes, reals: images, noise }], options);
      disposeAll([fakes.a, fakes.b]);
      advanced = powerIterate(dis.dis);
      // The gradient's own scope must not free what the discriminators' half leaves behind.
      keepAll([...treeLeaves<Tensor>([dis.dis, advanced, dis.optimizer.m, dis.optimizer.v] as Tree<Tensor>), ...Object.values(dis.terms)]);
    });
    const { total, terms } = objective.generatorTerms(gen, advanced as PerDomain<Params>, images, codes, noise);
    return { value: total, aux: { ...terms, loss_gen_total: total } as Terms };
  }, state.gen);
  const half = dis as unknown as DisHalf;
  if (half.dis !== advanced) disposeAll(stateTensors(half.dis));
  freeUnless(value, Object.values(aux));
  return finish(state, { ...half, dis: advanced as unknown as PerDomain<Params> }, grads, aux, options);
}

/** First the discriminators on all batches, then the generators on all. */
function separateStep(state: TrainState, batches: readonly Images[], noise: readonly StepNoise[], options: StepOptions): StepResult {
  const { objective } = options;
  const pairs = batches.map((reals, i) => ({
    reals,
    fakes: tidyImages(() => objective.translate(state.gen, objective.encode(state.gen, reals), noise[i] as StepNoise)),
    noise: noise[i] as StepNoise,
  }));
  const half = updateDiscriminators(state, pairs, options);
  for (const { fakes } of pairs) disposeAll([fakes.a, fakes.b]);
  let dis = half.dis;
  const results = batches.map((images, i) => {
    const before = dis;
    dis = powerIterate(dis);
    if (dis !== before) disposeAll(stateTensors(before));
    const { value, aux, grads } = valueAndGrad((gen: PerDomain<Params>) => {
      const { total, terms } = objective.generatorTerms(gen, dis, images, objective.encode(gen, images), noise[i] as StepNoise);
      return { value: total, aux: { ...terms, loss_gen_total: total } as Terms };
    }, state.gen);
    freeUnless(value, Object.values(aux));
    return { grads, terms: aux as Terms };
  });
  return finish(state, { ...half, dis }, averageGradients(results.map((r) => r.grads)), averageTerms(results.map((r) => r.terms)), options);
}

interface DisHalf {
  /** Updated parameters, with spectral norm's vectors as the last forward pass left them. */
  readonly dis: PerDomain<Params>;
  readonly optimizer: AdamState<PerDomain<Params>>;
  readonly terms: Terms;
}

function updateDiscriminators(state: TrainState, pairs: readonly { readonly fakes: Images; readonly reals: Images; readonly noise: StepNoise }[], options: StepOptions): DisHalf {
  let latest = state.dis;
  const advance = (): PerDomain<Params> => {
    latest = powerIterate(latest);
    return latest;
  };
  const passed: PerDomain<Params>[] = [];
  const trained = trainable(state.dis);
  const results = pairs.map(({ fakes, reals, noise }) => {
    const first = advance();
    const second = advance();
    passed.push(first, second);
    const { value, aux, grads } = valueAndGrad((params: PerDomain<Params>) => {
      const { total, terms } = options.objective.discriminatorTerms(withState(params, first), withState(params, second), fakes, reals, noise);
      return { value: total, aux: { ...terms, loss_dis_total: total } as Terms };
    }, trained);
    freeUnless(value, Object.values(aux));
    return { grads, terms: aux as Terms };
  });
  // Spectral norm's vectors of all passes but the last have served.
  const kept = new Set(stateTensors(latest));
  for (const params of [state.dis, ...passed]) for (const vector of stateTensors(params)) if (!kept.has(vector)) vector.dispose();
  const gradients = averageGradients(results.map((r) => r.grads));
  options.hooks?.onGradients?.('dis', gradients);
  const { params, state: optimizer } = options.optimizer.update(trained, gradients, state.disOptimizer, options.rates.dis);
  disposeAll(treeLeaves<Tensor>(gradients));
  return { dis: withState(params, latest), optimizer, terms: averageTerms(results.map((r) => r.terms)) };
}

function finish(state: TrainState, half: DisHalf, gradients: PerDomain<Params>, genTerms: Terms, { optimizer, rates, hooks }: StepOptions): StepResult {
  hooks?.onGradients?.('gen', gradients);
  const { params, state: genOptimizer } = optimizer.update(state.gen, gradients, state.genOptimizer, rates.gen);
  disposeAll(treeLeaves<Tensor>(gradients));
  return {
    state: { ...state, gen: params, genOptimizer, dis: half.dis, disOptimizer: half.optimizer },
    terms: { ...half.terms, ...genTerms },
  };
}

function average(state: TrainState, decay: number): TrainState {
  if (state.ema === undefined) return state;
  const updated = emaUpdate(treeLeaves<Tensor>(state.ema), treeLeaves<Tensor>(state.gen), decay);
  return { ...state, ema: treeUnflatten(state.ema, updated) as PerDomain<Params> };
}

/** Frees what making the two images took. */
function tidyImages(f: () => Images): Images {
  let images: Images | undefined;
  tidy(() => {
    images = f();
    return [images.a, images.b];
  });
  return images as unknown as Images;
}

