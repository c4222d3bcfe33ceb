/** The optimizer's and the moving average's arithmetic over whole lists of tensors, in as few calls as the backend allows. */
import { ArgumentError } from '../../errors/index.js';
import { runKernelMulti, type Tensor, tidy } from '../../tfjs.js';
import { checkShape } from '../shared/check.js';
import { choose, type Fused } from '../shared/implementations.js';
import * as raw from '../shared/raw.js';

/** What one Adam update is computed with. */
export interface AdamParameters {
  /** η, above 0. */
  readonly learningRate: number;
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
  const updated = choose(fusedAdam, composedAdam).update({ params, m, v }, gradients, parameters);
  for (const old of [...params, ...m, ...v]) old.dispose();
  return updated;
}

const corrections = ({ beta1, beta2, step }: AdamParameters): { first: number; second: number } => ({
  first: 1 - beta1 ** step,
  second: 1 - beta2 ** step,
});

interface AdamKernels {
  update(tensors: AdamTensors, gradients: readonly Tensor[], parameters: AdamParameters): AdamTensors;
}

const fusedAdam: AdamKernels & Fused = { kernelNames: ['AdamUpdate'], update: updateFused };
const composedAdam: AdamKernels = { update: updateComposed };

function updateFused({ params, m, v }: AdamTensors, gradients: readonly Tensor[], parameters: AdamParameters): AdamTensors {
  const count = params.length;
  const inputs: Record<string, Tensor> = {};
  for (const [name, list] of [['p', params], ['g', gradients], ['m', m], ['v', v]] as const) {
    list.forEach((tensor, i) => (inputs[`${name}${i}`] = tensor));
  }
  const { learningRate, beta1, beta2, epsilon, weightDecay } = parameters;
  const { first, second } = corrections(parameters);
  const attributes = { count, learningRate, beta1, beta2, epsilon, weightDecay, biasCorrection1: first, biasCorrection2: second };
  const outputs = runKernelMulti('AdamUpdate', inputs, attributes);
  return { params: outputs.slice(0, count), m: outputs.slice(count, 2 * count), v: outputs.slice(2 * count) };
}

function updateComposed({ params, m, v }: AdamTensors, gradients: readonly Tensor[], parameters: AdamParameters): AdamTensors {
  const { learningRate, beta1, beta2, epsilon, weightDecay } = parameters;
  const { first, second } = corrections(parameters);
  const next: { params: Tensor[]; m: Tensor[]; v: Tensor[] } = { params: [], m: [], v: [] };
  params.forEach((p, i) => {
    const [newP, newM, newV] = tidy(() => {
      const g = weightDecay === 0 ? (gradients[i] as Tensor) : raw.add(gradients[i] as Tensor, raw.scale(p, weightDecay));
      const mNew = raw.add(raw.scale(m[i] as Tensor, beta1), raw.scale(g, 1 - beta1));
      const vNew = raw.add(raw.scale(v[i] as Tensor, beta2), raw.scale(raw.square(g), 1 - beta2));
      const denominator = raw.shift(raw.scale(raw.sqrt(vNew), 1 / Math.sqrt(second)), epsilon);
      const pNew = raw.sub(p, raw.scale(raw.div(mNew, denominator), learningRate / first));
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
 * @throws ArgumentError when the lists differ in length, or for a decay outside of 0 to 1
 */
export function emaUpdate(averages: readonly Tensor[], params: readonly Tensor[], decay: number): Tensor[] {
  if (averages.length !== params.length) {
    throw new ArgumentError(`emaUpdate: ${averages.length} averages need as many parameters, but there are ${params.length}.`);
  }
  if (!(decay >= 0 && decay <= 1)) throw new ArgumentError(`emaUpdate: 'decay' must be from 0 to 1, but it is ${decay}.`);
  const updated = choose(fusedEma, composedEma).update(averages, params, decay);
  for (const old of averages) old.dispose();
  return updated;
}

interface EmaKernels {
  update(averages: readonly Tensor[], params: readonly Tensor[], decay: number): Tensor[];
}

const composedEma: EmaKernels = {
  update: (averages, params, decay) =>
    averages.map((e, i) => tidy(() => raw.add(raw.scale(e, decay), raw.scale(params[i] as Tensor, 1 - decay)))),
};

const fusedEma: EmaKernels & Fused = {
  kernelNames: ['EmaUpdate'],
  update(averages, params, decay) {
    const inputs: Record<string, Tensor> = {};
    averages.forEach((e, i) => (inputs[`e${i}`] = e));
    params.forEach((p, i) => (inputs[`p${i}`] = p));
    return runKernelMulti('EmaUpdate', inputs, { count: averages.length, decay });
  },
};
