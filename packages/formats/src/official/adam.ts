/** Adam's state as PyTorch's `optimizer.state_dict()` keeps it: by the place of each parameter, not by its name. */
import { CheckpointMismatchError, type Domain, domains } from '@munit/core';
import { PyFloat, PyTuple, type Writable } from '../torch/pickle/writable.js';
import { float32Tensor, type Float32Tensor, isDict, toFloat32, type TorchDict, TorchTensor, type TorchValue } from '../torch/tensor.js';
import type { LayoutEntry } from './layout.js';

/** Adam's state of one parameter. */
export interface AdamMoments {
  /** Updates so far. */
  readonly step: number;
  /** The running mean of the gradient. */
  readonly expAvg: Float32Tensor;
  /** The running mean of its square. */
  readonly expAvgSq: Float32Tensor;
}

/** Adam's state and settings, parameters by their place. */
export interface TorchAdamState {
  /** The learning rate now. */
  readonly lr: number;
  /** The rate at the start of training, from which schedules count. */
  readonly initialLr: number;
  /** Decay of the two running means. */
  readonly betas: readonly [number, number];
  /** ε of the denominator. */
  readonly eps: number;
  /** L2 penalty added to the gradient. */
  readonly weightDecay: number;
  /** One for each parameter; undefined where it was never updated. */
  readonly moments: readonly (AdamMoments | undefined)[];
}

function mismatch(what: string): CheckpointMismatchError {
  return new CheckpointMismatchError(`The optimizer's state is not Adam's: ${what}.`, {
    remedy: 'Give the optimizer.pt that the published trainer wrote.',
  });
}

function dictOf(value: TorchValue | undefined, what: string): TorchDict {
  if (!isDict(value)) throw mismatch(`${what} is not a dictionary`);
  return value;
}

function numberOf(value: TorchValue | undefined, what: string): number {
  const scalar = value instanceof TorchTensor && value.data.length === 1 ? Number(value.data[0]) : value;
  if (typeof scalar !== 'number' || !Number.isFinite(scalar)) throw mismatch(`${what} is not a number`);
  return scalar;
}

function momentsOf(value: TorchValue, place: number): AdamMoments {
  const state = dictOf(value, `the state of parameter ${place}`);
  const [expAvg, expAvgSq] = [state.get('exp_avg'), state.get('exp_avg_sq')];
  if (!(expAvg instanceof TorchTensor) || !(expAvgSq instanceof TorchTensor)) {
    throw mismatch(`parameter ${place} has no 'exp_avg' and 'exp_avg_sq'`);
  }
  return {
    step: numberOf(state.get('step'), `the step of parameter ${place}`),
    expAvg: float32Tensor(expAvg.shape, toFloat32(expAvg)),
    expAvgSq: float32Tensor(expAvgSq.shape, toFloat32(expAvgSq)),
  };
}

/** Whether a value looks like the state of an optimizer. */
export function isOptimizerState(value: TorchValue | undefined): value is TorchDict {
  return isDict(value) && value.has('state') && value.has('param_groups');
}

/**
 * Adam's state from `optimizer.state_dict()`. Parameters are numbered from zero since PyTorch 1.4, and named by
 * arbitrary numbers before; both follow the order of the group's list.
 * @throws CheckpointMismatchError when it is another optimizer's, or incomplete
 */
export function parseAdam(value: TorchValue): TorchAdamState {
  const top = dictOf(value, 'it');
  const states = dictOf(top.get('state'), "'state'");
  const groups = top.get('param_groups');
  const group = Array.isArray(groups) && groups.length === 1 ? dictOf(groups[0] as TorchValue, 'its group') : undefined;
  if (group === undefined) throw mismatch('it has not one group of parameters');
  if (group.get('amsgrad') === true) throw mismatch("it uses 'amsgrad', which the published code does not");
  const places = group.get('params');
  const betas = group.get('betas');
  if (!Array.isArray(places)) throw mismatch("'params' is not a list");
  if (!Array.isArray(betas) || betas.length !== 2) throw mismatch("'betas' is not a pair");
  const lr = numberOf(group.get('lr'), "'lr'");
  return {
    lr,
    initialLr: group.has('initial_lr') ? numberOf(group.get('initial_lr'), "'initial_lr'") : lr,
    betas: [numberOf(betas[0] as TorchValue, "'betas'"), numberOf(betas[1] as TorchValue, "'betas'")],
    eps: numberOf(group.get('eps'), "'eps'"),
    weightDecay: numberOf(group.get('weight_decay'), "'weight_decay'"),
    moments: places.map((key: TorchValue, place) => {
      const state = typeof key === 'number' || typeof key === 'bigint' ? states.get(key) : undefined;
      return state === undefined ? undefined : momentsOf(state, place);
    }),
  };
}

/** The state as `optimizer.load_state_dict` takes it. */
export function writableAdam(adam: TorchAdamState): Writable {
  const state = new Map<number, Writable>();
  adam.moments.forEach((moments, place) => {
    if (moments === undefined) return;
    const step = float32Tensor([], Float32Array.of(moments.step));
    state.set(place, new Map<string, Writable>([['step', step], ['exp_avg', moments.expAvg], ['exp_avg_sq', moments.expAvgSq]]));
  });
  const group = new Map<string, Writable>([
    ['lr', new PyFloat(adam.lr)],
    ['betas', new PyTuple(adam.betas.map((beta) => new PyFloat(beta)))],
    ['eps', new PyFloat(adam.eps)],
    ['weight_decay', new PyFloat(adam.weightDecay)],
    ['amsgrad', false],
    ['initial_lr', new PyFloat(adam.initialLr)],
    ['params', adam.moments.map((_, place) => place)],
  ]);
  return new Map<string, Writable>([['state', state], ['param_groups', [group]]]);
}

/** Names of one optimizer's parameters in its order: those of a, then of b, without what is not trained. */
export function parameterOrder(layouts: { readonly a: readonly LayoutEntry[]; readonly b: readonly LayoutEntry[] }): {
  readonly domain: Domain;
  readonly entry: LayoutEntry;
}[] {
  return domains.flatMap((domain) =>
    layouts[domain].filter((entry) => entry.role === 'trained').map((entry) => ({ domain, entry })),
  );
}
