/** Runs a description on the device in use: what every layer's `apply` is. */
import {
  activate,
  add,
  ArgumentError,
  averagePool2d,
  conv2d,
  type FusedActivation,
  globalAveragePool,
  isRecording,
  linear,
  maxPool2d,
  normalize,
  type NormalizeOptions,
  type Params,
  prelu,
  reshape,
  scoped,
  ShapeError,
  sliceFeatures,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
} from '@munit/core';
import { effectiveWeight, type Weighted } from '../parameters/weighted.js';
import { transformColours } from './colours.js';
import { type ActivationNode, type LayerNode, type NormNode, styleColumns } from './nodes.js';
import { type Placed, type Step, stepsOf, type WeightedStep } from './steps.js';

/** What a network reads besides its input and its parameters. */
export interface RunInputs {
  /** The style vector [N, F]: the parameters of AdaIN. */
  readonly style?: Tensor2D | undefined;
  /** The first column that is this network's. Default 0. */
  readonly from?: number | undefined;
}

/** A chain of ops, ready to run. */
export interface Runner {
  /** The output; the caller owns it. */
  run(params: Params, x: Tensor, inputs?: RunInputs): Tensor;
  /** The maps called `taps`, in that order; nothing beyond the deepest is computed. */
  taps(params: Params, x: Tensor, taps: readonly string[]): Tensor[];
}

/** Hands out the columns of the style vector in the order in which the norms run. */
class StyleColumns {
  readonly #style: Tensor2D | undefined;
  #at: number;

  constructor({ style, from = 0 }: RunInputs) {
    this.#style = style;
    this.#at = from;
  }

  /** Of one AdaIN norm: its shifts come first, then its scales (`networks.py`, `assign_adain_params`). */
  next(channels: number): AffineOf {
    if (this.#style === undefined) throw new ArgumentError('AdaIN requires a style vector.', { remedy: 'Pass the AdaIN parameters of each sample.' });
    const at = this.#at;
    this.#at += 2 * channels;
    return { shift: sliceFeatures(this.#style, at, channels), scale: sliceFeatures(this.#style, at + channels, channels) };
  }
}

/** Scale and shift of a norm: [C], or per sample [N, C]. */
export interface AffineOf {
  readonly scale: Tensor1D | Tensor2D;
  readonly shift: Tensor1D | Tensor2D;
}

/** @throws ArgumentError for a node that is not a chain of ops */
export function runnerOf(where: string, node: LayerNode): Runner {
  const steps = stepsOf(node);
  const count = styleColumns(node);
  return {
    run: (params, x, inputs = {}) => {
      checkStyle(where, x, inputs, count);
      return scoped(() => runSteps(steps, params, x, new StyleColumns(inputs)));
    },
    taps: (params, x, taps) => runTaps(where, steps, params, x, taps),
  };
}

function checkStyle(where: string, x: Tensor, { style, from }: RunInputs, count: number): void {
  if (count === 0) return;
  if (style === undefined) {
    throw new ArgumentError(`${where}: a style vector of ${count} AdaIN parameters per sample is required.`, { remedy: 'Pass the style vector.' });
  }
  const fits = from === undefined ? style.shape[1] === count : style.shape[1] >= from + count;
  if (style.rank !== 2 || style.shape[0] !== x.shape[0] || !fits) {
    throw new ShapeError(`${where}: the style vector must have the shape [${x.shape[0]}, ${(from ?? 0) + count}] (samples, AdaIN parameters), but it is [${style.shape.join(', ')}].`, {
      remedy: 'Give one style for each sample of the content.',
    });
  }
}

const runSteps = (steps: readonly Step[], params: Params, x: Tensor, style: StyleColumns): Tensor =>
  chain(x, steps.map((step) => (y: Tensor) => runStep(step, params, y, style)));

function runStep(step: Step, params: Params, x: Tensor, style: StyleColumns): Tensor {
  switch (step.kind) {
    case 'weighted':
      return scoped(() => runWeighted(step, params, x, style, undefined));
    case 'residual':
      return scoped(() => runResidual(step.body, params, x, style));
    case 'op':
      return scoped(() => runOp(step, params, x, style));
    default:
      return step satisfies never;
  }
}

/** The sum is fused into the last step where that is a weight. */
function runResidual(body: readonly Step[], params: Params, x: Tensor, style: StyleColumns): Tensor {
  const last = body.at(-1);
  const before = runSteps(body.slice(0, -1), params, x, style);
  if (last?.kind === 'weighted') return runWeighted(last, params, before, style, x);
  return add(last === undefined ? before : runStep(last, params, before, style), x);
}

function runWeighted({ weight, norm, activation }: WeightedStep, params: Params, x: Tensor, style: StyleColumns, residual: Tensor | undefined): Tensor {
  const affine = norm === undefined ? undefined : affineOf(norm, params, style);
  const fused = fusiblePart(activation);
  const apply = (f: FusedActivation): Tensor => runWeight(weight, params, x, f);
  const sum = (y: Tensor): Tensor => (residual === undefined ? y : add(y, residual));
  if (norm === undefined) return sum(applyRest(activation, params, apply(fused)));
  const y = apply('none');
  if (isFusible(activation)) return applyNorm(norm.node, y, affine, { activation: fused, residual: residual as Tensor4D | undefined });
  return sum(applyRest(activation, params, applyNorm(norm.node, y, affine)));
}

function runWeight({ node, path }: WeightedStep['weight'], params: Params, x: Tensor, activation: FusedActivation): Tensor {
  const own = paramsAt<Weighted<Tensor>>(params, path);
  const weight = effectiveWeight(own, node.spectral);
  if (node.op === 'dense') return linear(x as Tensor2D, weight as Tensor2D, own.bias, activation);
  const { stride, padding, padMode, upsample } = node;
  return conv2d(x as Tensor4D, weight as Tensor4D, own.bias, { stride, pad: { mode: padMode, size: padding }, upsample, activation });
}

function runOp({ op: { node, path } }: Extract<Step, { readonly kind: 'op' }>, params: Params, x: Tensor, style: StyleColumns): Tensor {
  switch (node.op) {
    case 'norm':
      return applyNorm(node, x, affineOf({ node, path }, params, style));
    case 'activation': {
      const y = isFusible({ node, path }) ? activate(x, node.activation as FusedActivation) : x;
      return applyRest({ node, path }, params, y);
    }
    case 'pool':
      return node.take === 'max' ? maxPool2d(x as Tensor4D, { size: node.size }) : averagePool2d(x as Tensor4D);
    case 'globalAveragePool':
      return reshape<Tensor4D>(globalAveragePool(x as Tensor4D), [x.shape[0], 1, 1, x.shape[3] as number]);
    case 'flatten':
      return reshape<Tensor2D>(x, [x.shape[0], x.size / x.shape[0]]);
    case 'colours':
      return transformColours(x as Tensor4D, node);
    default:
      return node satisfies never;
  }
}

function affineOf({ node, path }: Placed<NormNode>, params: Params, style: StyleColumns): AffineOf | undefined {
  if (node.norm === 'adain') return style.next(node.channels);
  return node.norm === 'in' ? undefined : paramsAt<AffineOf>(params, path);
}

/**
 * A norm of x [N, H, W, C], or of features [N, F], with activation and residual fused.
 * @throws ShapeError where the statistics would be of a single value (all of the result would be the shift)
 */
export function applyNorm(node: NormNode, x: Tensor, affine: AffineOf | undefined, fused: Pick<NormalizeOptions, 'activation' | 'residual'> = {}): Tensor {
  if (x.rank === 4) {
    checkNormalizable(node, x as Tensor4D);
    return normalize(x as Tensor4D, { over: node.over, epsilon: node.epsilon, scale: affine?.scale, shift: affine?.shift, ...fused });
  }
  const [n, f] = x.shape as [number, number];
  // PyTorch's InstanceNorm1d takes [N, F] for N channels of length F: each sample over its features.
  const image = reshape<Tensor4D>(x, node.norm === 'in' ? [n, f, 1, 1] : [n, 1, 1, f]);
  return reshape<Tensor2D>(applyNorm(node, image, affine, fused), [n, f]);
}

function checkNormalizable({ norm }: NormNode, x: Tensor4D): void {
  const [n, h, w] = x.shape;
  if ((norm === 'bn' ? n : 1) * h * w >= 2 || norm === 'ln') return;
  throw new ShapeError(`The norm '${norm}' needs more than one value per channel, but its input is of shape [${x.shape.join(', ')}].`, {
    remedy: norm === 'bn' ? 'Use a larger batch or image.' : 'Use a larger image, or fewer downsampling layers.',
  });
}

/** Whether an op before it can take the activation in. */
const isFusible = (activation: Placed<ActivationNode> | undefined): boolean => !['prelu', 'selu'].includes(activation?.node.activation ?? 'none');

/** The activation that an op can take in; `none` where it has to follow as an op of its own. */
const fusiblePart = (activation: Placed<ActivationNode> | undefined): FusedActivation =>
  isFusible(activation) ? ((activation?.node.activation ?? 'none') as FusedActivation) : 'none';

/** What `fusiblePart` left over, as an op of its own. */
function applyRest(activation: Placed<ActivationNode> | undefined, params: Params, x: Tensor): Tensor {
  if (activation?.node.activation === 'selu') return activate(x, 'selu');
  if (activation?.node.activation !== 'prelu') return x;
  return prelu(x, paramsAt<Tensor1D>(params, activation.path));
}

function runTaps(where: string, steps: readonly Step[], params: Params, x: Tensor, taps: readonly string[]): Tensor[] {
  const used = upToTaps(where, steps, taps);
  return scoped(() => {
    const style = new StyleColumns({});
    const found = new Map<string, Tensor>();
    let current = x;
    for (const step of used) {
      const next = runStep(step, params, current, style);
      if (current !== x && ![...found.values()].includes(current) && !isRecording()) current.dispose();
      current = next;
      if (step.tap !== undefined && taps.includes(step.tap)) found.set(step.tap, current);
    }
    return taps.map((tap) => found.get(tap) as Tensor);
  });
}

/** The steps up to the deepest of `taps`. @throws ArgumentError for a tap that no step has */
function upToTaps(where: string, steps: readonly Step[], taps: readonly string[]): readonly Step[] {
  const places = taps.map((tap) => steps.findIndex((step) => step.tap === tap));
  const unknown = taps.filter((_, i) => (places[i] as number) < 0);
  if (unknown.length > 0 || taps.length === 0) {
    throw new ArgumentError(`${where}: ${taps.length === 0 ? 'at least one map must be named' : `there is no map '${unknown.join("', '")}'`}.`, {
      remedy: `Known are ${steps.flatMap(({ tap }) => tap ?? []).join(', ')}.`,
    });
  }
  return steps.slice(0, Math.max(...places) + 1);
}

/** The parameters at a path of the tree. @throws ArgumentError when there are none: they are of another layer */
export function paramsAt<T>(params: Params, path: string): T {
  let node: unknown = params;
  for (const key of path === '' ? [] : path.split('.')) node = (node as Readonly<Record<string, unknown>> | undefined)?.[key];
  if (node === undefined) {
    throw new ArgumentError(`The parameters have nothing at '${path}'.`, { remedy: 'Pass parameters that this layer drew or that were read for it.' });
  }
  return node as T;
}

/**
 * fₙ(… f₂(f₁(x))), each intermediate freed once the next is there, so that a long network holds two of them and not all.
 * `x` stays the caller's.
 */
function chain<T extends Tensor>(x: T, steps: readonly ((x: T) => T)[]): T {
  let current = x;
  for (const step of steps) {
    const next = step(current);
    if (current !== x && current !== next && !isRecording()) current.dispose();
    current = next;
  }
  return current;
}
