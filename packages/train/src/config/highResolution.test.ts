/** The presets for large images: what they are, that they fit, and their losses by plain loops in float64, at a small size. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Device, type Domain, domains, openDevice, otherDomain, perDomain, type PerDomain, Rng, type Tensor, type Tensor2D, type Tensor4D, tensor, tidy } from '@munit/core';
import { type OfficialTensor, toOfficial, vgg16 } from '@munit/layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { convolved, type PlainMap, pooled } from '../../../layers/test/plainMaps.js';
import { planMemory } from '../memory/plan.js';
import { createNetworks, createObjective, initialState, termNamesOf } from '../methods/create.js';
import type { PerceptualNetwork } from '../methods/method.js';
import { adamOf } from '../optimizer/adam.js';
import { vggOfBytes } from '../session/vgg.js';
import { disposeState } from '../state/state.js';
import { publishedTerms, readLosses } from '../step/losses.js';
import type { Images } from '../step/objective.js';
import { trainStep } from '../step/step.js';
import { resolveConfig } from './resolve.js';

const names = ['streets512', 'hd1024'] as const;

let device: Device;
beforeAll(async () => {
  device = await openDevice('simd', { threads: 1 });
});
afterAll(() => device.dispose());

it('are the published settings at their sizes', () => {
  expect(resolveConfig({}, 'streets512')).toMatchObject({ crop_image_height: 512, crop_image_width: 512, new_size: 512, vgg_w: 1, recon_x_cyc_w: 10, recon_x_w: 10, gen: { dim: 64, n_downsample: 2 }, dis: { dim: 64, num_scales: 3 } });
  expect(resolveConfig({}, 'hd1024')).toMatchObject({ crop_image_height: 1024, crop_image_width: 1024, new_size: 1024, vgg_w: 1, recon_x_cyc_w: 10, gen: { dim: 32, n_downsample: 3 }, dis: { dim: 48, num_scales: 3 } });
});

it.each(names)('%s fits into the memory of the CPU device with recomputation, its transformed filters included', (name) => {
  const { recompute, estimate } = planMemory(resolveConfig({}, name), 'simd');
  expect(recompute).toBe(true);
  expect((estimate.totalBytes + estimate.filtersBytes) / 2 ** 30).toBeLessThan(4);
});

const small = {
  new_size: 16,
  crop_image_height: 16,
  crop_image_width: 16,
  gen: { dim: 2, mlp_dim: 4, style_dim: 3, n_res: 1 },
  dis: { dim: 2, n_layer: 1, num_scales: 1 },
} as const;

/** VGG16's weights as arrays, by their published names. */
type Weights = ReadonlyMap<string, OfficialTensor>;

/** By the tables of ImageNet: blue first, of 255, less its mean; or red first, of 1, over the deviation too. */
function prepared(image: Float32Array, preprocessing: 'caffe' | 'torchvision'): PlainMap {
  const data = Float64Array.from(image, (_, i) => {
    const c = i % 3;
    if (preprocessing === 'caffe') return (image[i - c + (2 - c)]! + 1) * 127.5 - [103.939, 116.779, 123.68][c]!;
    return ((image[i]! + 1) / 2 - [0.485, 0.456, 0.406][c]!) / [0.229, 0.224, 0.225][c]!;
  });
  return { h: 16, w: 16, data };
}

/** relu5_3, with no pooling between conv4_3 and conv5_1, each channel less its mean over its deviation. */
function features(image: Float32Array, weights: Weights, preprocessing: 'caffe' | 'torchvision'): Float64Array {
  let map = prepared(image, preprocessing);
  for (const [name, weight] of weights) {
    if (!name.endsWith('.weight')) continue;
    map = convolved(map, weight, weights.get(name.replace('weight', 'bias'))!);
    if (/^conv(1_2|2_2|3_3)/.test(name)) map = pooled(map);
  }
  const channels = map.data.length / (map.h * map.w);
  const pixels = map.h * map.w;
  return map.data.map((value, i) => {
    const own = Array.from({ length: pixels }, (_, p) => map.data[p * channels + (i % channels)]!);
    const mean = own.reduce((sum, v) => sum + v, 0) / pixels;
    const variance = own.reduce((sum, v) => sum + (v - mean) ** 2, 0) / pixels;
    return (value - mean) / Math.sqrt(variance + 1e-5);
  });
}

const mean = (values: ArrayLike<number>, f: (value: number, i: number) => number): number => Array.from(values).reduce((sum, value, i) => sum + f(value, i), 0) / values.length;

/** All terms but the adversarial ones, from what the networks make of the images, in float64. */
async function expectedTerms(config: ReturnType<typeof resolveConfig>, images: Images, weights: Weights, preprocessing: 'caffe' | 'torchvision'): Promise<Record<string, number>> {
  const networks = createNetworks(config);
  const { gen, dis, ...rest } = initialState(config, networks);
  const styles = networks.styles!;
  const noise = createObjective({ ...config, vgg_w: 0 }, networks).drawNoise(Rng.restore(rest.rng), images).drawn as { readonly gen: PerDomain<Tensor2D> };
  const numbers = async <T extends Tensor>(make: () => T): Promise<Float32Array> => tidy(make).data() as Promise<Float32Array>;
  const content = (domain: Domain, x: Tensor4D): Tensor4D => networks.encodeContent(gen, domain, x);
  const translation = (domain: Domain): Tensor4D => networks.decode(gen, domain, content(otherDomain(domain), images[otherDomain(domain)]), noise.gen[domain]);
  const own = (domain: Domain): Tensor2D => styles.encode(gen, domain, images[domain]);
  const expected: Record<string, number> = {};
  for (const domain of domains) {
    const other = otherDomain(domain);
    const [image, fake, source] = [await numbers(() => images[domain].clone()), await numbers(() => translation(domain)), await numbers(() => images[other].clone())];
    const difference = async (name: string, truth: Float32Array, make: () => Tensor): Promise<void> => {
      const made = await numbers(make);
      expected[`loss_gen_${name}_${domain}`] = mean(truth, (value, i) => Math.abs(value - made[i]!));
    };
    await difference('recon_x', image, () => networks.decode(gen, domain, content(domain, images[domain]), own(domain)));
    await difference('recon_s', await numbers(() => noise.gen[domain].clone()), () => styles.encode(gen, domain, translation(domain)));
    await difference('recon_c', await numbers(() => content(domain, images[domain])), () => content(other, translation(other)));
    await difference('cycrecon_x', image, () => networks.decode(gen, domain, content(other, translation(other)), own(domain)));
    // The translation into a domain is compared with the image that it was made from.
    const [made, given] = [features(fake, weights, preprocessing), features(source, weights, preprocessing)];
    expected[`loss_gen_vgg_${domain}`] = mean(made, (value, i) => (value - given[i]!) ** 2);
  }
  disposeState({ gen, dis, ...rest });
  return expected;
}

async function checkLosses(name: (typeof names)[number], vgg: PerceptualNetwork, preprocessing: 'caffe' | 'torchvision'): Promise<void> {
  const config = resolveConfig({ ...small, gen: { ...small.gen, n_downsample: name === 'hd1024' ? 3 : 2 } }, name);
  const rng = new Rng(5);
  const images: Images = perDomain(() => tensor(rng.uniforms(16 * 16 * 3, -1, 1), [1, 16, 16, 3]) as Tensor4D);
  const objective = createObjective(config, createNetworks(config), vgg);
  const { state, losses: scalars } = trainStep(initialState(config), [images], { objective, adam: adamOf(config), rates: { gen: 1e-4, dis: 1e-4 }, emaDecay: 0.9, recompute: true });
  const losses = publishedTerms(await readLosses(scalars), termNamesOf(config));
  disposeState(state);
  const expected = await expectedTerms(config, images, await toOfficial(vgg.network, vgg.params), preprocessing);
  expect(Object.keys(expected)).toHaveLength(10);
  for (const [term, value] of Object.entries(expected)) expect(Math.abs(losses[term]! / value - 1), `${term}: ${losses[term]} for ${value}`).toBeLessThan(2e-4);
  const sum = (term: string): number => losses[`loss_gen_${term}_a`]! + losses[`loss_gen_${term}_b`]!;
  const total = sum('adv') + 10 * sum('recon_x') + sum('recon_s') + sum('recon_c') + 10 * sum('cycrecon_x') + sum('vgg');
  expect(losses['loss_gen_total']! / total).toBeCloseTo(1, 5);
}

describe.each(names)('the losses of a step of %s, at 16×16, are those of plain loops in float64', (name) => {
  const preprocessing = name === 'streets512' ? 'caffe' : 'torchvision';
  it(`with random weights that expect what those of ${preprocessing} do`, async () => {
    const network = vgg16({ preprocessing });
    await checkLosses(name, { network, params: network.init(new Rng(1)) }, preprocessing);
  }, 120_000);

  const path = join(process.env['MUNIT_WEIGHTS_DIR'] ?? fileURLToPath(new URL('../../../../../shared/weights', import.meta.url)), 'vgg16_features.safetensors');
  it.runIf(existsSync(path))("with torchvision's weights, which are recognised", async () => {
    await checkLosses(name, vggOfBytes(new Uint8Array(readFileSync(path)), resolveConfig({}, name), path), 'torchvision');
  }, 120_000);
});
