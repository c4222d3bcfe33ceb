/** The optimizer's and the moving average's arithmetic over whole lists of tensors, in as few calls as the backend allows. */
import { ArgumentError } from '../../errors/index.js';
import { hasKernel, runKernelMulti, type Tensor, tidy } from '../../tfjs.js';
import { checkShape } from '../shared/check.js';
import * as raw from '../shared/raw.js';

export interface AdamParameters {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Coupled L2, as PyTorch's `Adam(weight_decay=…)`: added to the gradient, not to the step (that is AdamW). */
  readonly weightDecay: number;
  /** Number of this update, from 1. */
  readonly step: number;
}

export interface AdamTensors {
  readonly params: readonly Tensor[];
  readonly m: readonly Tensor[];
  readonly v: readonly Tensor[];
}

/**
 * One Adam update of every parameter (Kingma & Ba 2015; PyTorch's arithmetic):
 * g += λ p; m = β₁ m + (1 − β₁) g; v = β₂ v + (1 − β₂) g²; p −= (η / (1 − β₁ᵗ)) m / (√v / √(1 − β₂ᵗ) + ε).
 *
 * Consumes `params`, `m` and `v`: they are disposed of, and on backends that can, overwritten. `gradients` stay the caller's.
 * The caller owns the result.
 */
export function adamUpdate({ params, m, v }: AdamTensors, gradients: readonly Tensor[], parameters: AdamParameters): AdamTensors {
  const count = params.length;
  if (gradients.length !== count || m.length !== count || v.length !== count) {
    throw new ArgumentError(`adamUpdate: ${count} parameters came with ${gradients.length} gradients, ${m.length} and ${v.length} moments.`);
  }
  params.forEach((p, i) => checkShape('adamUpdate', `gradients[${i}]`, gradients[i] as Tensor, p.shape, 'that of its parameter'));
  const updated = hasKernel('AdamUpdate')
    ? fusedAdam({ params, m, v }, gradients, parameters)
    : composedAdam({ params, m, v }, gradients, parameters);
  for (const old of [...params, ...m, ...v]) old.dispose();
  return updated;
}

const corrections = ({ beta1, beta2, step }: AdamParameters): { first: number; second: number } => ({
  first: 1 - beta1 ** step,
  second: 1 - beta2 ** step,
});

function fusedAdam({ params, m, v }: AdamTensors, gradients: readonly Tensor[], parameters: AdamParameters): AdamTensors {
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

function composedAdam({ params, m, v }: AdamTensors, gradients: readonly Tensor[], parameters: AdamParameters): AdamTensors {
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
 */
export function emaUpdate(averages: readonly Tensor[], params: readonly Tensor[], decay: number): Tensor[] {
  if (averages.length !== params.length) {
    throw new ArgumentError(`emaUpdate: ${averages.length} averages came with ${params.length} parameters.`);
  }
  if (!(decay >= 0 && decay <= 1)) throw new ArgumentError(`emaUpdate: 'decay' must be from 0 to 1, but it is ${decay}.`);
  const updated = hasKernel('EmaUpdate') ? fusedEma(averages, params, decay) : averages.map((e, i) => blend(e, params[i] as Tensor, decay));
  for (const old of averages) old.dispose();
  return updated;
}

const blend = (e: Tensor, p: Tensor, decay: number): Tensor => tidy(() => raw.add(raw.scale(e, decay), raw.scale(p, 1 - decay)));

function fusedEma(averages: readonly Tensor[], params: readonly Tensor[], decay: number): Tensor[] {
  const inputs: Record<string, Tensor> = {};
  averages.forEach((e, i) => (inputs[`e${i}`] = e));
  params.forEach((p, i) => (inputs[`p${i}`] = p));
  return runKernelMulti('EmaUpdate', inputs, { count: averages.length, decay });
}
