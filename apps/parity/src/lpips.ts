/** `lpips_real.safetensors`: LPIPS of real images by real weights, and the perceptual distance that the perceptual loss is made of. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Safetensors, type Tensor, tensor, type Tensor4D, tidy, treeLeaves } from '@munit/core';
import { readFeatureWeights } from '@munit/formats';
import { fromOfficial, vgg16, type VggFeatures } from '@munit/layers';
import { perceptualTerm } from '@munit/losses';
import { loadLpips, type LpipsNetwork } from '@munit/metrics';
import { failure, type Line } from './line.js';

/** Absolute, of LPIPS, total and of each layer. */
const lpipsTolerance = 1e-4;
/** Relative, of the perceptual distance. */
const perceptualTolerance = 1e-4;

interface Pair {
  readonly shape: readonly number[];
  readonly x: Uint8Array;
  readonly y: Uint8Array;
  readonly expected: Readonly<Record<string, number | readonly number[]>>;
}

/** torchvision's VGG16 beside a directory of reference files (`../weights`), or in MUNIT_WEIGHTS_DIR; undefined when it is not there. */
export function vggWeightsFile(directory: string): string | undefined {
  const path = join(process.env['MUNIT_WEIGHTS_DIR'] ?? join(directory, '..', 'weights'), 'vgg16_features.safetensors');
  return existsSync(path) ? path : undefined;
}

/** A line per network and version, and per layer of the perceptual distance. Without VGG16's file, AlexNet's alone. */
export async function checkLpipsReal(file: Safetensors, vggFile: string | undefined): Promise<Line[]> {
  const pairs = pairsOf(file);
  const lines = [await checkVersion(pairs, 'alexnet', '0.1'), await checkVersion(pairs, 'alexnet', '0.0')];
  if (vggFile === undefined) return lines;
  const weights = new Uint8Array(readFileSync(vggFile));
  lines.push(await checkVersion(pairs, 'vgg16', '0.1', weights), await checkVersion(pairs, 'vgg16', '0.0', weights));
  for (const features of ['relu4_3', 'relu5_3'] as const) lines.push(await checkPerceptual(pairs, features, false, weights));
  lines.push(await checkPerceptual(pairs, 'relu5_3', true, weights));
  return lines;
}

async function checkVersion(pairs: readonly Pair[], network: LpipsNetwork, version: '0.1' | '0.0', weights?: Uint8Array): Promise<Line> {
  const key = `lpips_${network === 'alexnet' ? 'alex' : 'vgg'}_v${version}`;
  const lpips = await loadLpips({ network, version, weights });
  const errors: number[] = [];
  for (const { x, y, shape, expected } of pairs) {
    const [a, b] = [imageOf(x, shape), imageOf(y, shape)];
    const [found] = await lpips.measure(a, b);
    a.dispose();
    b.dispose();
    const truths = [expected[key] as number, ...(expected[`${key}_layers`] as readonly number[])];
    errors.push(...[found?.total ?? Number.NaN, ...(found?.layers ?? [])].map((value, i) => Math.abs(value - (truths[i] as number))));
  }
  lpips.dispose();
  return judged(`lpips_real/${key}`, errors, lpipsTolerance, 'absolute');
}

/** Mean squared distance of instance-normalised features, with weights read as training reads them. */
async function checkPerceptual(pairs: readonly Pair[], features: VggFeatures, pool4: boolean, file: Uint8Array): Promise<Line> {
  const { preprocessing, tensors } = readFeatureWeights(file);
  const network = vgg16({ features, pool4, preprocessing });
  const params = fromOfficial(network, tensors);
  const key = `perceptual_${features}${pool4 ? '_with_pool4' : ''}`;
  const errors: number[] = [];
  for (const { x, y, shape, expected } of pairs) {
    const distance = tidy(() => perceptualTerm(network.apply(params, imageOf(x, shape)), network.apply(params, imageOf(y, shape))));
    const [value] = await distance.data();
    distance.dispose();
    const truth = expected[key] as number;
    errors.push(truth === 0 ? Math.abs(value as number) : Math.abs((value as number) / truth - 1));
  }
  for (const weight of treeLeaves<Tensor>(params)) weight.dispose();
  return judged(`lpips_real/${key}`, errors, perceptualTolerance, 'relative');
}

function pairsOf(file: Safetensors): Pair[] {
  const expected = JSON.parse(file.metadata.get('expected') ?? '[]') as Pair['expected'][];
  return expected.map((values, i) => {
    const [x, y] = [file.tensors.get(`pair${i}/x`), file.tensors.get(`pair${i}/y`)];
    if (x === undefined || y === undefined) throw new Error(`The file has no pair ${i}.`);
    return { shape: x.shape, x: x.bytes, y: y.bytes, expected: values };
  });
}

const imageOf = (bytes: Uint8Array, shape: readonly number[]): Tensor4D =>
  tensor(Float32Array.from(bytes, (byte) => byte / 127.5 - 1), [1, ...shape] as [number, number, number, number]);

function judged(name: string, errors: readonly number[], tolerance: number, kind: string): Line {
  if (errors.length === 0 || errors.some((error) => !Number.isFinite(error))) return failure(name, new Error('a distance is missing or not finite'));
  const worst = Math.max(...errors);
  return { name, ratio: worst / tolerance, passed: worst <= tolerance, detail: `${errors.length} distances, ${kind} error ${worst.toExponential(2)}` };
}
