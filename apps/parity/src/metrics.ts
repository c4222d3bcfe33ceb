/** Every figure of `metrics.safetensors`: statistics on its features, LPIPS and Inception on formula weights. */
import { type Safetensors, type Tensor, tensor, type Tensor4D, treeLeaves } from '@munit/core';
import { foldBatchNorms, fromOfficial, fromOfficialActivation, inceptionV3, type OfficialTensor } from '@munit/layers';
import { createLpips, FeatureMoments, featureSet, type FeatureSet, frechetDistance, inceptionScores, kernelDistance, type LpipsNetwork, neighbourMetrics } from '@munit/metrics';
import { formulaWeights } from '@munit/testing';
import type { Line } from './line.js';

/** Relative, of every figure. */
const tolerance = 1e-4;

/** One line per figure of the statistics, and one per LPIPS network, on the device in use. */
export async function checkMetrics(file: Safetensors): Promise<Line[]> {
  const lines = statistics(file);
  for (const [network, key] of [['alexnet', 'lpips_alex'], ['vgg16', 'lpips_vgg'], ['squeezenet', 'lpips_squeeze']] as const) {
    if (file.metadata.has(key)) lines.push(await checkLpips(file, network, key));
  }
  if (file.metadata.has('inception_v3_classifier')) lines.push(await checkClassifier(file, 'inception_v3_classifier'));
  if (file.metadata.has('fid_inception')) lines.push(await checkFidFeatures(file, 'fid_inception'));
  return lines;
}

/** What the published networks do to images before their first layer. */
interface InceptionInput {
  /** torchvision's `transform_input`: images come normalised by ImageNet's mean and deviation, and are brought to [−1, 1]. */
  readonly transform_input?: boolean;
  /** pytorch-fid's `normalize_input`: images come in [0, 1]. */
  readonly normalize_input?: boolean;
}

const inputOf = (file: Safetensors, key: string): InceptionInput => JSON.parse(file.metadata.get(key) ?? '{}') as InceptionInput;

/** ε of Inception's batch norms. */
const inceptionEpsilon = 0.001;

/** torchvision's Inception with a classifier: its logits. */
async function checkClassifier(file: Safetensors, key: string): Promise<Line> {
  const weights = weightsByFormula(file, key);
  const classes = weights.get('fc.weight')?.shape[0] ?? 0;
  const network = inceptionV3({ variant: 'torchvision', classes });
  const params = fromOfficial(network, foldBatchNorms(weights, inceptionEpsilon));
  const [means, deviations] = [[0.485, 0.456, 0.406], [0.229, 0.224, 0.225]];
  const { transform_input: transform = false } = inputOf(file, key);
  const x = mapped(file, `${key}/x`, (value, c) => (transform ? (value * (deviations[c] as number) + (means[c] as number) - 0.5) / 0.5 : value));
  return compared(`metrics/${key}`, network.logits(params, x), stored(file, `${key}/logits`).data, 'logits', [x, ...treeLeaves<Tensor>(params)]);
}

/** TensorFlow's Inception as pytorch-fid runs it: the features of the FID. */
async function checkFidFeatures(file: Safetensors, key: string): Promise<Line> {
  const network = inceptionV3({ variant: 'fid' });
  const params = fromOfficial(network, foldBatchNorms(weightsByFormula(file, key), inceptionEpsilon));
  const { normalize_input: normalize = true } = inputOf(file, key);
  const x = mapped(file, `${key}/x`, (value) => (normalize ? 2 * value - 1 : value));
  return compared(`metrics/${key}`, network.apply(params, x), stored(file, `${key}/features`).data, 'features', [x, ...treeLeaves<Tensor>(params)]);
}

/** A batch of images with every value replaced. */
function mapped(file: Safetensors, name: string, f: (value: number, channel: number) => number): Tensor4D {
  const { shape, data } = fromOfficialActivation(stored(file, name));
  const channels = shape[3] as number;
  return tensor(data.map((value, i) => f(value, i % channels)), shape as [number, number, number, number]);
}

async function compared(name: string, y: Tensor, truth: Float32Array, what: string, held: readonly Tensor[]): Promise<Line> {
  const found = await y.data();
  for (const t of [y, ...held]) t.dispose();
  // Relative to the largest: single values may vanish.
  const largest = truth.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const worst = truth.reduce((most, value, i) => Math.max(most, Math.abs(value - (found[i] ?? Number.NaN))), 0);
  const ratio = found.length === truth.length && Number.isFinite(worst) ? worst / (tolerance * largest) : Infinity;
  return { name, ratio, passed: ratio <= 1, detail: `${truth.length} ${what}, error ${(ratio * tolerance).toExponential(2)} of the largest` };
}

function statistics(file: Safetensors): Line[] {
  const expected = JSON.parse(file.metadata.get('expected') ?? '{}') as Readonly<Record<string, number>>;
  const [real, fake] = [featuresOf(file, 'features/real'), featuresOf(file, 'features/fake')];
  const { shape, data } = stored(file, 'class_probabilities');
  const [inputs, styles, classes] = shape as [number, number, number];
  const scores = inceptionScores({ inputs, styles, classes, data }, { resamples: 2 });
  const neighbours = neighbourMetrics(real, fake, { k: 3, resamples: 2 });
  const figures: Readonly<Record<string, number>> = {
    fid: frechetDistance(FeatureMoments.of(real), FeatureMoments.of(fake)),
    kid_unbiased_cubic: kernelDistance(real, fake).value,
    inception_score: scores.is.exponentiated,
    conditional_inception_score: scores.cis.exponentiated,
    precision_k3: neighbours.precision.value,
    recall_k3: neighbours.recall.value,
  };
  return Object.entries(expected).map(([name, truth]) => {
    const figure = figures[name];
    return line(`metrics/${name}`, [[figure ?? Number.NaN, truth]], figure === undefined ? 'no such figure is measured' : `${figure}`);
  });
}

async function checkLpips(file: Safetensors, network: LpipsNetwork, key: string): Promise<Line> {
  const weights = weightsByFormula(file, key);
  const features = new Map([...weights].filter(([name]) => name.startsWith('net.')).map(([name, value]) => [name.replace(/^net\.slice\d\./, 'features.'), value]));
  const layers = [...weights.keys()].filter((name) => /^lin\d\.model\.1\.weight$/.test(name)).length;
  const heads = Array.from({ length: layers }, (_, layer) => weights.get(`lin${layer}.model.1.weight`)?.data ?? new Float32Array(0));
  const lpips = createLpips({ network, features, heads });
  const [x, y] = [image(file, `${key}/x`), image(file, `${key}/y`)];
  try {
    const found = await lpips.measure(x, y);
    const pairs = found.flatMap(({ total, layers }, n): [number, number][] => [
      [total, stored(file, `${key}/distance`).data[n] as number],
      ...layers.map((value, layer): [number, number] => [value, stored(file, `${key}/layer${layer}`).data[n] as number]),
    ]);
    return line(`metrics/${key}`, pairs, `${pairs.length} distances`);
  } finally {
    x.dispose();
    y.dispose();
    lpips.dispose();
  }
}

/** Weights that are too many to ship, by the formula of the reference files. */
function weightsByFormula(file: Safetensors, key: string): Map<string, OfficialTensor> {
  interface Entry {
    readonly key: string;
    readonly shape: readonly number[];
    readonly seed: number;
    readonly bound: number;
    readonly offset: number;
  }
  const { formula_weights: entries } = JSON.parse(file.metadata.get(key) ?? '{"formula_weights":[]}') as { readonly formula_weights: readonly Entry[] };
  return new Map(entries.map(({ key: name, shape, seed, bound, offset }) => [name, { shape, data: formulaWeights(shape.reduce((a, b) => a * b, 1), seed, bound, offset) }]));
}

function stored(file: Safetensors, name: string): OfficialTensor {
  const found = file.tensors.get(name);
  if (found === undefined) throw new Error(`The file has no tensor '${name}'.`);
  return { shape: found.shape, data: found.float32() };
}

function featuresOf(file: Safetensors, name: string): FeatureSet {
  const { shape, data } = stored(file, name);
  return featureSet(data, shape[1] ?? 0);
}

function image(file: Safetensors, name: string): Tensor4D {
  const { shape, data } = fromOfficialActivation(stored(file, name));
  return tensor(data, shape as [number, number, number, number]);
}

function line(name: string, pairs: readonly (readonly [got: number, truth: number])[], what: string): Line {
  const ratio = Math.max(...pairs.map(([got, truth]) => (Number.isFinite(got) ? Math.abs(got - truth) / (tolerance * Math.abs(truth)) : Infinity)));
  return { name, ratio, passed: ratio <= 1, detail: `${what}, relative error ${(ratio * tolerance).toExponential(2)}` };
}
