/** AlexNet's last convolutions and a classifier on their features, trained together: one step, and what a training is at any moment. */
import { adamUpdate, dot, globalAveragePool, linear, type Params, readTensor, record, type Tensor, type Tensor1D, type Tensor2D, type Tensor4D, tensor, treeLeaves, treeUnflatten, treeUpdate } from '@munit/core';
import { type Alexnet, alexnet, type AlexnetLayerName, type AlexnetParams, fromOfficial, type OfficialTensor, toOfficial } from '@munit/layers';
import { normalize, type SoftmaxModel } from './softmax.js';

/** AlexNet's convolutions, from the image on. */
const convolutions = ['conv1', 'conv2', 'conv3', 'conv4', 'conv5'] as const satisfies readonly AlexnetLayerName[];
/** The most blocks that can be trained: all of AlexNet's features. */
export const mostBlocks = convolutions.length;

/** What is trained. The head alone is penalised, as it is on frozen features. */
export type TunedParams = {
  /** [d, K], of standardized features. */
  readonly head: Tensor2D;
  readonly free: { readonly bias: Tensor1D; readonly convolutions: { readonly [name: string]: AlexnetParams[AlexnetLayerName] } };
};

/** A training at some moment; its tensors belong to whoever has it. */
export interface TuningState {
  readonly params: TunedParams;
  /** Adam's moments. */
  readonly m: TunedParams;
  readonly v: TunedParams;
  /** Steps made. */
  readonly step: number;
}

/** What is the same in every step. */
export interface TunedNetwork {
  readonly net: Alexnet;
  /** All of AlexNet as it was; the blocks that are trained are not used. */
  readonly frozen: AlexnetParams;
  /** Standardization: multiplied with the features [N, d], and added. */
  readonly scale: Tensor2D;
  readonly shift: Tensor1D;
}

/** The network before training, the caller's. */
export function openNetwork(weights: ReadonlyMap<string, OfficialTensor>, { mean, scale }: Pick<SoftmaxModel, 'mean' | 'scale'>): TunedNetwork {
  const net = alexnet();
  const d = mean.length;
  const diagonal = new Float32Array(d * d);
  scale.forEach((value, i) => (diagonal[i * d + i] = 1 / value));
  return { net, frozen: fromOfficial(net, weights), scale: tensor(diagonal, [d, d]), shift: tensor(Float32Array.from(mean, (value, i) => -value / (scale[i] as number))) };
}

/** The start of a training of the last `blocks`: these as they are in `weights`, and the classifier on frozen features. */
export function startTuning({ net }: TunedNetwork, weights: ReadonlyMap<string, OfficialTensor>, { weights: ofHead, bias }: SoftmaxModel, blocks: number): TuningState {
  const copy = fromOfficial(net, weights);
  const trained = convolutions.slice(-blocks);
  for (const name of convolutions) if (!trained.includes(name)) freeTensors(copy[name]);
  const classes = bias.length;
  const params: TunedParams = {
    head: tensor(Float32Array.from(ofHead), [ofHead.length / classes, classes]),
    free: { bias: tensor(Float32Array.from(bias)), convolutions: Object.fromEntries(trained.map((name) => [name, copy[name]])) },
  };
  return { params, m: zerosLike(params), v: zerosLike(params), step: 0 };
}

const zerosLike = <P extends Params>(params: P): P => treeUpdate<Tensor, P>(params, (leaf) => tensor(new Float32Array(leaf.size), leaf.shape));

/** Logits of prepared images [N, 224, 224, 3], [N, K]. */
export function logitsOf({ net, frozen, scale, shift }: TunedNetwork, { head, free }: TunedParams, images: Tensor4D): Tensor2D {
  const features = globalAveragePool(net.apply({ ...frozen, ...free.convolutions }, images)); // [N, d]
  return linear(linear(features, scale, shift), head, free.bias);
}

/** Images of a step and what they are. */
export interface TuningBatch {
  /** [N, 224, 224, 3], prepared. */
  readonly images: Tensor4D;
  /** The mode of each. */
  readonly labels: readonly number[];
  /** How much each counts: 1 where modes are alike in size. */
  readonly importance: readonly number[];
}

/** The mean cross-entropy of a batch in nats, each image by its importance, and its gradient, which is the caller's. */
export async function lossAndGradient(network: TunedNetwork, params: TunedParams, { images, labels, importance }: TuningBatch): Promise<{ readonly loss: number; readonly gradient: TunedParams }> {
  const recording = record(params);
  let slope: Tensor2D | undefined;
  try {
    const logits = recording.run((p) => logitsOf(network, p, images));
    const [count, classes] = logits.shape;
    const p = Float64Array.from(await readTensor(logits));
    let loss = 0;
    // ∂/∂logits of −Σ wₙ log pₙ[labelₙ] / N is wₙ (p − onehot) / N: in float64, and a constant to the rest of the gradient.
    for (let n = 0; n < count; n++) {
      const row = p.subarray(n * classes, (n + 1) * classes);
      normalize(row);
      const [label, weight] = [labels[n] as number, (importance[n] as number) / count];
      loss -= weight * Math.log(Math.max(1e-300, row[label] as number));
      row[label]!--;
      row.forEach((value, c) => (row[c] = weight * value));
    }
    const cotangent: Tensor2D = tensor(Float32Array.from(p), [count, classes]);
    slope = cotangent;
    return { loss, gradient: recording.backward(recording.run(() => dot(logits, cotangent))) };
  } finally {
    recording.dispose();
    slope?.dispose();
  }
}

/** One update by Adam, which consumes the state. */
export async function tuningStep(network: TunedNetwork, state: TuningState, batch: TuningBatch, { learningRate, penalty }: { readonly learningRate: number; readonly penalty: number }): Promise<{ readonly state: TuningState; readonly loss: number }> {
  const { loss, gradient } = await lossAndGradient(network, state.params, batch);
  const step = state.step + 1;
  const update = <K extends keyof TunedParams>(part: K, weightDecay: number): { readonly params: TunedParams[K]; readonly m: TunedParams[K]; readonly v: TunedParams[K] } => {
    const leaves = (of: TunedParams): Tensor[] => treeLeaves<Tensor>(of[part]);
    const next = adamUpdate({ params: leaves(state.params), m: leaves(state.m), v: leaves(state.v) }, leaves(gradient), { learningRate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay, step });
    const tree = (list: readonly Tensor[]): TunedParams[K] => treeUnflatten(state.params[part], list) as TunedParams[K];
    return { params: tree(next.params), m: tree(next.m), v: tree(next.v) };
  };
  const [head, free] = [update('head', penalty), update('free', 0)];
  for (const leaf of treeLeaves<Tensor>(gradient)) leaf.dispose();
  const join = (which: 'params' | 'm' | 'v'): TunedParams => ({ head: head[which], free: free[which] });
  return { loss, state: { params: join('params'), m: join('m'), v: join('v'), step } };
}

/** What has been learnt: the whole of AlexNet by torchvision's names, and the classifier on its features. */
export async function learnt({ net, frozen }: TunedNetwork, { head, free }: TunedParams, { mean, scale }: Pick<SoftmaxModel, 'mean' | 'scale'>): Promise<{ readonly tuned: Map<string, OfficialTensor>; readonly model: SoftmaxModel }> {
  const tuned = await toOfficial(net, { ...frozen, ...free.convolutions });
  return { tuned, model: { mean, scale, weights: Float64Array.from(await readTensor(head)), bias: Float64Array.from(await readTensor(free.bias)) } };
}

/** Frees a network, or a training. */
export function freeTensors(tree: Params): void {
  for (const leaf of treeLeaves<Tensor>(tree)) leaf.dispose();
}
