/** Runs a description on the device in use: what every layer's `apply` is. */
import {
  activate,
  add,
  ArgumentError,
  averagePool2d,
  batchNormalize,
  blurPool2d,
  type ChannelStatistics,
  concatChannels,
  conv2d,
  dropout,
  expandOverPixels,
  type FusedActivation,
  globalAveragePool,
  isRecording,
  linear,
  maxPool2d,
  normalize,
  type NormalizeOptions,
  pad2d,
  type Params,
  prelu,
  reshape,
  resizeBilinear2d,
  type Rng,
  scoped,
  segment,
  ShapeError,
  sliceFeatures,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  transposedConv2d,
  treeLeaves,
} from '@munit/core';
import { type MovingStatistics, normalizeByAverages } from '../parameters/moving.js';
import { advanceRunning, type RunningUpdates } from '../parameters/running.js';
import { effectiveWeight, type Weighted } from '../parameters/weighted.js';
import { transformColours } from './colours.js';
import { type ActivationNode, codeChannels, join, type LayerNode, type NormNode, styleColumns } from './nodes.js';
import { type Placed, type ResidualStep, segmentsOf, type Step, stepsOf, type WeightedStep } from './steps.js';

/** What a network reads besides its input and its parameters. */
export interface RunInputs {
  /** The style vector [N, F]: the parameters of AdaIN. */
  readonly style?: Tensor2D | undefined;
  /** The first column that is this network's. Default 0. */
  readonly from?: number | undefined;
  /** The code [N, F] that `appendCode` nodes put beside every pixel. */
  readonly code?: Tensor2D | undefined;
  /** Where dropout draws its masks from; without it nothing is dropped, as in inference. */
  readonly dropout?: Rng | undefined;
  /**
   * Training of batch norms that keep running averages: they normalise by the batch, and set the averages after it here, by their paths; pass
   * them on with `withRunningStatistics`. Without it they normalise by the averages, as in inference.
   */
  readonly running?: RunningUpdates | undefined;
  /**
   * Of the frames of a film, one image at a time: the norms take their statistics from these averages, which each run advances. Without them
   * each image is normalised by its own. For inference alone: no gradient flows through such a norm.
   */
  readonly moving?: MovingStatistics | undefined;
}

/** A chain of ops, ready to run. */
export interface Runner {
  /** The output; the caller owns it. */
  run(params: Params, x: Tensor, inputs?: RunInputs): Tensor;
  /** The maps called `taps`, in that order; nothing beyond the deepest is computed. */
  taps(params: Params, x: Tensor, taps: readonly string[], inputs?: RunInputs): Tensor[];
}

/** Hands out the columns of the style vector in the order in which the norms run. */
class StyleColumns {
  readonly #style: Tensor2D | undefined;
  #at: number;

  constructor({ style, from = 0 }: RunInputs) {
    this.#style = style;
    this.#at = from;
  }

  /** `f`, starting at today's column however often it runs. */
  repeatable<R>(f: () => R): () => R {
    const start = this.#at;
    return () => {
      this.#at = start;
      return f();
    };
  }

  /** What a gradient may flow to besides the network's input and parameters. */
  get style(): Tensor2D | undefined {
    return this.#style;
  }

  /** Of one AdaIN norm: its shifts come first, then its scales (`networks.py`, `assign_adain_params`). */
  next(channels: number): AffineOf {
    if (this.#style === undefined) throw new ArgumentError('AdaIN requires a style vector.', { remedy: 'Pass the AdaIN parameters of each sample.' });
    const at = this.#at;
    this.#at += 2 * channels;
    return { shift: sliceFeatures(this.#style, at, channels), scale: sliceFeatures(this.#style, at + channels, channels) };
  }
}

/** What the steps of one run share. */
interface Context {
  readonly style: StyleColumns;
  readonly code: Tensor2D | undefined;
  readonly dropout: Rng | undefined;
  readonly running: RunningUpdates | undefined;
  readonly moving: MovingStatistics | undefined;
}

const contextOf = (inputs: RunInputs): Context => ({ style: new StyleColumns(inputs), code: inputs.code, dropout: inputs.dropout, running: inputs.running, moving: inputs.moving });

/** Scale and shift of a norm: [C], or per sample [N, C]. */
export interface AffineOf {
  readonly scale: Tensor1D | Tensor2D;
  readonly shift: Tensor1D | Tensor2D;
}

/** @throws ArgumentError for a node that is not a chain of ops */
export function runnerOf(where: string, node: LayerNode): Runner {
  const steps = stepsOf(node);
  const count = styleColumns(node);
  const codeLength = codeChannels(node);
  return {
    run: (params, x, inputs = {}) => {
      checkStyle(where, x, inputs, count);
      checkCode(where, x, inputs, codeLength);
      return scoped(() => runInSegments(steps, params, x, contextOf(inputs)));
    },
    taps: (params, x, taps, inputs = {}) => runTaps(where, steps, params, x, taps, contextOf(inputs)),
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

function checkCode(where: string, x: Tensor, { code }: RunInputs, length: number): void {
  if (length === 0) return;
  if (code === undefined) throw new ArgumentError(`${where}: a code of ${length} numbers per sample is required.`, { remedy: 'Pass the code.' });
  if (code.rank !== 2 || code.shape[0] !== x.shape[0] || code.shape[1] !== length) {
    throw new ShapeError(`${where}: the code must have the shape [${x.shape[0]}, ${length}] (samples, numbers), but it is [${code.shape.join(', ')}].`, {
      remedy: 'Give one code for each sample.',
    });
  }
}

/**
 * A network's steps, in segments of which a recording may keep only the results. What draws or counts while it runs (dropout, running
 * averages) must not run twice, and is kept whole.
 */
function runInSegments(steps: readonly Step[], params: Params, x: Tensor, context: Context): Tensor {
  const { style, code, dropout, running } = context;
  if (!isRecording() || dropout !== undefined || running !== undefined) return runSteps(steps, params, x, context);
  const leaves = treeLeaves<Tensor>(params);
  return segmentsOf(steps).reduce(
    (y, some) => segment([y, style.style, code, ...leaves], style.repeatable(() => scoped(() => runSteps(some, params, y, context)))),
    x,
  );
}

const runSteps = (steps: readonly Step[], params: Params, x: Tensor, context: Context): Tensor =>
  chain(x, steps.map((step) => (y: Tensor) => runStep(step, params, y, context)));

function runStep(step: Step, params: Params, x: Tensor, context: Context): Tensor {
  switch (step.kind) {
    case 'weighted':
      return scoped(() => runWeighted(step, params, x, context, undefined));
    case 'residual':
      return scoped(() => runResidual(step, params, x, context));
    case 'branches':
      return scoped(() => concatChannels(step.branches.map((branch) => runSteps(branch, params, x, context))));
    case 'op':
      return scoped(() => runOp(step, params, x, context));
    default:
      return step satisfies never;
  }
}

/** The sum is fused into the last step where that is a weight. */
function runResidual({ body, shortcut }: ResidualStep, params: Params, x: Tensor, context: Context): Tensor {
  const last = body.at(-1);
  const before = runSteps(body.slice(0, -1), params, x, context);
  const direct = shortcut === undefined ? x : runSteps(shortcut, params, x, context);
  if (last?.kind === 'weighted') return runWeighted(last, params, before, context, direct);
  return add(last === undefined ? before : runStep(last, params, before, context), direct);
}

function runWeighted({ weight, norm, activation }: WeightedStep, params: Params, x: Tensor, context: Context, residual: Tensor | undefined): Tensor {
  const fused = fusiblePart(activation);
  const apply = (f: FusedActivation): Tensor => runWeight(weight, params, x, f);
  const sum = (y: Tensor): Tensor => (residual === undefined ? y : add(y, residual));
  if (norm === undefined) return sum(applyRest(activation, params, apply(fused)));
  const y = apply('none');
  if (isFusible(activation)) return runNorm(norm, params, y, context, { activation: fused, residual: residual as Tensor4D | undefined });
  return sum(applyRest(activation, params, runNorm(norm, params, y, context)));
}

function runWeight({ node, path }: WeightedStep['weight'], params: Params, x: Tensor, activation: FusedActivation): Tensor {
  const own = paramsAt<Weighted<Tensor>>(params, path);
  if (node.op === 'transposedConvolution') {
    const { stride, padding, outputPadding } = node;
    return transposedConv2d(x as Tensor4D, own.weight as Tensor4D, own.bias, { stride, padding, outputPadding, activation });
  }
  const weight = effectiveWeight(own, node.spectral);
  if (node.op === 'dense') return linear(x as Tensor2D, weight as Tensor2D, own.bias, activation);
  const { stride, padding, padMode, upsample } = node;
  return conv2d(x as Tensor4D, weight as Tensor4D, own.bias, { stride, pad: { mode: padMode, size: padding }, upsample, activation });
}

function runOp({ op: { node, path } }: Extract<Step, { readonly kind: 'op' }>, params: Params, x: Tensor, context: Context): Tensor {
  switch (node.op) {
    case 'norm':
      return runNorm({ node, path }, params, x, context);
    case 'activation': {
      const y = isFusible({ node, path }) ? activate(x, node.activation as FusedActivation) : x;
      return applyRest({ node, path }, params, y);
    }
    case 'pool': {
      const { take, size, stride, padding, countIncludePad, partial } = node;
      if (take === 'max') return maxPool2d(x as Tensor4D, { size, stride, padding, partial });
      return averagePool2d(x as Tensor4D, { size, stride, padding, countIncludePad });
    }
    case 'blurPool':
      return blurPool2d(x as Tensor4D, { size: node.size });
    case 'pad':
      return pad2d(x as Tensor4D, { mode: node.padMode, rows: node.rows, columns: node.columns });
    case 'upsample': {
      const [, height, width] = x.shape as Tensor4D['shape'];
      return resizeBilinear2d(x as Tensor4D, { height: node.factor * height, width: node.factor * width, alignCorners: node.alignCorners });
    }
    case 'dropout':
      return context.dropout === undefined ? x : dropout(x, node.rate, context.dropout);
    case 'appendCode': {
      const [, height, width] = x.shape as Tensor4D['shape'];
      return concatChannels([x as Tensor4D, expandOverPixels(context.code as Tensor2D, height, width)]);
    }
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

type FusedIntoNorm = Pick<NormalizeOptions, 'activation' | 'residual'>;

function runNorm({ node, path }: Placed<NormNode>, params: Params, x: Tensor, context: Context, fused: FusedIntoNorm = {}): Tensor {
  if (node.running === true && context.running === undefined) return normByAverages(node, x as Tensor4D, paramsAt<RunningNorm>(params, path), fused);
  if (node.running === true && context.running !== undefined) advanceRunning(context.running, join(path, 'running'), paramsAt<RunningNorm>(params, path).running, x as Tensor4D);
  const affine = affineOf({ node, path }, params, context.style);
  if (context.moving === undefined || x.rank !== 4) return applyNorm(node, x, affine, fused);
  checkNormalizable(node, x as Tensor4D);
  // A batch of one image is that image.
  const over = node.over === 'layer' ? 'layer' : 'instance';
  return normalizeByAverages(context.moving, path, x as Tensor4D, { over, epsilon: node.epsilon, scale: affine?.scale, shift: affine?.shift, ...fused });
}

/** The parameters of a batch norm with running averages. */
type RunningNorm = { readonly scale: Tensor1D; readonly shift: Tensor1D; readonly running: ChannelStatistics };

function normByAverages({ epsilon }: NormNode, x: Tensor4D, { scale, shift, running: { mean, variance } }: RunningNorm, { activation, residual }: FusedIntoNorm): Tensor4D {
  const y = batchNormalize(x, { mean, variance, scale, shift, epsilon, activation });
  return residual === undefined ? y : add(y, residual);
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

function runTaps(where: string, steps: readonly Step[], params: Params, x: Tensor, taps: readonly string[], context: Context): Tensor[] {
  const used = upToTaps(where, steps, taps);
  return scoped(() => {
    const found = new Map<string, Tensor>();
    let current = x;
    for (const some of segmentsOf(used, taps)) {
      const next = runInSegments(some, params, current, context);
      if (current !== x && current !== next && ![...found.values()].includes(current) && !isRecording()) current.dispose();
      current = next;
      const tap = some.at(-1)?.tap;
      if (tap !== undefined && taps.includes(tap)) found.set(tap, current);
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
      remedy: `Known maps: ${steps.flatMap(({ tap }) => tap ?? []).join(', ')}.`,
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
