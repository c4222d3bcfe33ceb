/** Every figure of `metrics.safetensors`: statistics on its features, and LPIPS on formula weights. */
import { type Safetensors, tensor, type Tensor4D } from '@munit/core';
import { fromOfficialActivation, type OfficialTensor } from '@munit/layers';
import { createLpips, FeatureMoments, featureSet, type FeatureSet, frechetDistance, inceptionScores, kernelDistance, type LpipsNetwork, neighbourMetrics } from '@munit/metrics';
import { formulaWeights } from '@munit/testing';
import type { Line } from './line.js';

/** Relative, of every figure. */
const tolerance = 1e-4;

/** One line per figure of the statistics, and one per LPIPS network, on the device in use. */
export async function checkMetrics(file: Safetensors): Promise<Line[]> {
  const lines = statistics(file);
  for (const [network, key] of [['alexnet', 'lpips_alex'], ['vgg16', 'lpips_vgg']] as const) {
    if (file.metadata.has(key)) lines.push(await checkLpips(file, network, key));
  }
  return lines;
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
  const heads = [0, 1, 2, 3, 4].map((layer) => weights.get(`lin${layer}.model.1.weight`)?.data ?? new Float32Array(0));
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
