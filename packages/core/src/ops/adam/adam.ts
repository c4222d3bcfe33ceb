/** The optimizer's and the moving average's arithmetic over whole lists of tensors, in as few calls as the backend allows. */
import { ArgumentError } from '../../errors/index.js';
import { runKernelMulti, type Tensor, tensor, tidy } from '../../tfjs.js';
import { checkShape } from '../shared/check.js';
import { choose, type Fused, isAvailable } from '../shared/implementations.js';
import * as raw from '../shared/raw.js';

/** What one Adam update is computed with. */
export interface AdamParameters {
  /** η, above 0; or `adamFactors` as a tensor [2], which takes the place of `step` too: captured work reads it at each run. */
  readonly learningRate: number | Tensor;
  /** β₁, the decay of the gradients' average, from 0 to below 1. */
  readonly beta1: number;
  /** β₂, the decay of the squared gradients' average, from 0 to below 1. */
  readonly beta2: number;
  /** ε, added to the root of the squared gradients' average. */
  readonly epsilon: number;
  /** Coupled L2, as PyTorch's `Adam(weight_decay=…)`: added to the gradient, not to the step (that is AdamW). */
  readonly weightDecay: number;
  /** Number of this update, from 1. */
  readonly step: number;
}

/** The parameters of a network and their moments, in the same order. */
export interface AdamTensors {
  /** p, the parameters. */
  readonly params: readonly Tensor[];
  /** m, the gradients' moving average: zeros before the first update. */
  readonly m: readonly Tensor[];
  /** v, the squared gradients' moving average: zeros before the first update. */
  readonly v: readonly Tensor[];
}

/**
 * One Adam update of every parameter (Kingma & Ba 2015; PyTorch's arithmetic):
 * g += λ p; m = β₁ m + (1 − β₁) g; v = β₂ v + (1 − β₂) g²; p −= (η / (1 − β₁ᵗ)) m / (√v / √(1 − β₂ᵗ) + ε).
 *
 * Consumes `params`, `m` and `v`: they are disposed of, and on backends that can, overwritten. `gradients` stay the caller's.
 * The caller owns the result.
 * @throws ArgumentError when the lists differ in length
 * @throws ShapeError when a gradient's shape is not that of its parameter
 */
export function adamUpdate({ params, m, v }: AdamTensors, gradients: readonly Tensor[], parameters: AdamParameters): AdamTensors {
  const count = params.length;
  if (gradients.length !== count || m.length !== count || v.length !== count) {
    throw new ArgumentError(`adamUpdate: ${count} parameters need as many gradients and moments, but there are ${gradients.length} gradients, ${m.length} first and ${v.length} second moments.`);
  }
  params.forEach((p, i) => checkShape('adamUpdate', `gradients[${i}]`, gradients[i] as Tensor, p.shape, 'that of its parameter'));
  const { learningRate } = parameters;
  if (typeof learningRate !== 'number') checkShape('adamUpdate', 'learningRate', learningRate, [2], 'that of `adamFactors`');
  const updated = withFactors(scheduledAdam, learningRate, (rate) => adamFactors({ ...parameters, learningRate: rate }), (given) =>
    choose(typeof given === 'number' ? fusedAdam : scheduledAdam, composedAdam).update({ params, m, v }, gradients, { ...parameters, learningRate: given }),
  );
  for (const old of [...params, ...m, ...v]) old.dispose();
  return updated;
}

/** Gives a number as a tensor of its factors where the backend takes them so: captured or not, it is the same program then. */
function withFactors<T>(scheduled: Fused, given: number | Tensor, factorsOf: (given: number) => readonly number[], work: (given: number | Tensor) => T): T {
  if (typeof given !== 'number' || !isAvailable(scheduled)) return work(given);
  const factors = tensor([...factorsOf(given)]);
  try {
    return work(factors);
  } finally {
    factors.dispose();
  }
}

/** η / (1 − β₁ᵗ) and 1 / √(1 − β₂ᵗ): all of an update that changes from one to the next. */
export function adamFactors({ learningRate, beta1, beta2, step }: Pick<AdamParameters, 'beta1' | 'beta2' | 'step'> & { readonly learningRate: number }): [rate: number, correction: number] {
  return [learningRate / (1 - beta1 ** step), 1 / Math.sqrt(1 - beta2 ** step)];
}

interface AdamKernels {
  update(tensors: AdamTensors, gradients: readonly Tensor[], parameters: AdamParameters): AdamTensors;
}

const fusedAdam: AdamKernels & Fused = { kernelNames: ['AdamUpdate'], update: updateFused };
/** With the factors as a tensor. */
const scheduledAdam: AdamKernels & Fused = { kernelNames: ['AdamUpdateScheduled'], update: updateFused };
const composedAdam: AdamKernels = { update: updateComposed };

function updateFused({ params, m, v }: AdamTensors, gradients: readonly Tensor[], parameters: AdamParameters): AdamTensors {
  const count = params.length;
  const inputs: Record<string, Tensor> = {};
  for (const [name, list] of [['p', params], ['g', gradients], ['m', m], ['v', v]] as const) {
    list.forEach((tensor, i) => (inputs[`${name}${i}`] = tensor));
  }
  const { learningRate, beta1, beta2, epsilon, weightDecay, step } = parameters;
  const constants = { count, beta1, beta2, epsilon, weightDecay };
  const outputs =
    typeof learningRate === 'number'
      ? runKernelMulti('AdamUpdate', inputs, { ...constants, learningRate, biasCorrection1: 1 - beta1 ** step, biasCorrection2: 1 - beta2 ** step })
      : runKernelMulti('AdamUpdateScheduled', { ...inputs, factors: learningRate }, constants);
  return { params: outputs.slice(0, count), m: outputs.slice(count, 2 * count), v: outputs.slice(2 * count) };
}

/** Either of two numbers as a scalar, from numbers or from a tensor [2]. */
const factorsOf =
  (both: readonly [number, number] | Tensor) =>
  (i: 0 | 1): Tensor =>
    'shape' in both ? raw.reshape(raw.slice(both, [i], [1]), []) : raw.constant(both[i]);

function updateComposed({ params, m, v }: AdamTensors, gradients: readonly Tensor[], parameters: AdamParameters): AdamTensors {
  const { learningRate, beta1, beta2, epsilon, weightDecay, step } = parameters;
  const next: { params: Tensor[]; m: Tensor[]; v: Tensor[] } = { params: [], m: [], v: [] };
  const factor = factorsOf(typeof learningRate === 'number' ? adamFactors({ learningRate, beta1, beta2, step }) : learningRate);
  params.forEach((p, i) => {
    const [newP, newM, newV] = tidy(() => {
      const g = weightDecay === 0 ? (gradients[i] as Tensor) : raw.add(gradients[i] as Tensor, raw.scale(p, weightDecay));
      const mNew = raw.add(raw.scale(m[i] as Tensor, beta1), raw.scale(g, 1 - beta1));
      const vNew = raw.add(raw.scale(v[i] as Tensor, beta2), raw.scale(raw.square(g), 1 - beta2));
      const denominator = raw.shift(raw.mul(raw.sqrt(vNew), factor(1)), epsilon);
      const pNew = raw.sub(p, raw.mul(raw.div(mNew, denominator), factor(0)));
      return [pNew, mNew, vNew] as [Tensor, Tensor, Tensor];
    });
    next.params.push(newP);
    next.m.push(newM);
    next.v.push(newV);
  });
  return next;
}

/**
 * Exponential moving average of every tensor: e = decay · e + (1 − decay) · p.
 * Consumes `averages`; `params` stay the caller's. The caller owns the result.
 * @param decay or `emaFactors` of it as a tensor [2]: captured work reads it at each run
 * @throws ArgumentError when the lists differ in length, or for a decay outside of 0 to 1
 */
export function emaUpdate(averages: readonly Tensor[], params: readonly Tensor[], decay: number | Tensor): Tensor[] {
  if (averages.length !== params.length) {
    throw new ArgumentError(`emaUpdate: ${averages.length} averages need as many parameters, but there are ${params.length}.`);
  }
  if (typeof decay !== 'number') checkShape('emaUpdate', 'decay', decay, [2], 'that of `emaFactors`');
  else if (!(decay >= 0 && decay <= 1)) throw new ArgumentError(`emaUpdate: 'decay' must be from 0 to 1, but it is ${decay}.`);
  const updated = withFactors(scheduledEma, decay, emaFactors, (given) => choose(typeof given === 'number' ? fusedEma : scheduledEma, composedEma).update(averages, params, given));
  for (const old of averages) old.dispose();
  return updated;
}

/** decay and 1 − decay: the latter would lose digits in float32. */
export const emaFactors = (decay: number): [decay: number, rest: number] => [decay, 1 - decay];

interface EmaKernels {
  update(averages: readonly Tensor[], params: readonly Tensor[], decay: number | Tensor): Tensor[];
}

function averageComposed(averages: readonly Tensor[], params: readonly Tensor[], decay: number | Tensor): Tensor[] {
  const factor = factorsOf(typeof decay === 'number' ? emaFactors(decay) : decay);
  return averages.map((e, i) => tidy(() => raw.add(raw.mul(e, factor(0)), raw.mul(params[i] as Tensor, factor(1)))));
}

function averageFused(averages: readonly Tensor[], params: readonly Tensor[], decay: number | Tensor): Tensor[] {
  const inputs: Record<string, Tensor> = {};
  averages.forEach((e, i) => (inputs[`e${i}`] = e));
  params.forEach((p, i) => (inputs[`p${i}`] = p));
  const count = averages.length;
  return typeof decay === 'number' ? runKernelMulti('EmaUpdate', inputs, { count, decay }) : runKernelMulti('EmaUpdateScheduled', { ...inputs, factors: decay }, { count });
}

const fusedEma: EmaKernels & Fused = { kernelNames: ['EmaUpdate'], update: averageFused };
/** With the factors as a tensor. */
const scheduledEma: EmaKernels & Fused = { kernelNames: ['EmaUpdateScheduled'], update: averageFused };
const composedEma: EmaKernels = { update: averageComposed };
