import { ArgumentError, CheckpointMismatchError, type Device, memory, NonFiniteError, openDevice, readTensor, Rng, type Tensor, tensor, type Tensor4D, tidy, treeEntries, treeUpdate } from '@munit/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundledAlexnet } from '../extractors/extractor.js';
import { loadClassifierExtractor } from './classifierExtractor.js';
import { loadModeClassifier } from './classifierFiles.js';
import { type FineTuneOptions, fineTuneModeClassifier, type ModeImages } from './fineTune.js';
import { freeTensors, logitsOf, lossAndGradient, openNetwork, startTuning, type TunedParams } from './tuning.js';

let device: Device;
beforeAll(async () => {
  device = await openDevice('simd', { threads: 1 });
});
afterAll(() => device.dispose());

const side = 16;
/** Noise with stripes across (mode 0) or along (mode 1) it. */
function striped(mode: number, index: number): Float32Array {
  const rng = new Rng(1000 * mode + index);
  return Float32Array.from({ length: side * side * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % side, Math.floor(i / 3 / side)];
    return 0.6 * (rng.uniform() - 0.5) + ((mode === 0 ? x : y) % 4 < 2 ? 0.35 : -0.35);
  });
}
const imagesOf = (mode: number, count: number, alter: (values: Float32Array, index: number) => Float32Array = (values) => values): ModeImages => ({
  names: Array.from({ length: count }, (_, i) => `${mode}-${i}.png`),
  load: (index) => Promise.resolve(tensor(alter(striped(mode, index), index), [1, side, side, 3])),
});
const twoModes = (count: number): Map<string, ModeImages> => new Map([['across', imagesOf(0, count)], ['along', imagesOf(1, count)]]);
const quick = { epochs: 2, batch: 4, learningRate: 3e-4 } as const satisfies FineTuneOptions;

const norm = (values: Float32Array): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

describe('the gradient', () => {
  it('is that of finite differences, for every convolution and the head', async () => {
    const [d, classes] = [256, 3];
    const weights = await bundledAlexnet();
    const rng = new Rng(4);
    const network = openNetwork(weights, { mean: Float64Array.from({ length: d }, () => rng.uniform()), scale: Float64Array.from({ length: d }, () => 0.5 + rng.uniform()) });
    const state = startTuning(network, weights, { mean: new Float64Array(d), scale: new Float64Array(d), weights: Float64Array.from({ length: d * classes }, () => 0.1 * rng.normal()), bias: new Float64Array(classes) }, 5);
    const images: Tensor4D = tensor(rng.uniforms(4 * 35 * 35 * 3, -1, 1), [4, 35, 35, 3]);
    const batch = { images, labels: [0, 1, 2, 1], importance: [1, 0.5, 2, 1] };
    const { loss, gradient } = await lossAndGradient(network, state.params, batch);
    expect(loss).toBeGreaterThan(0.5);
    const entries = treeEntries<Tensor>(gradient);
    expect(entries).toHaveLength(12);
    // −Σ wₙ log softmax(zₙ)[labelₙ] / N, of logits alone.
    const measured = async (of: TunedParams): Promise<number> => {
      const logits = tidy(() => logitsOf(network, of, images));
      const z = await readTensor(logits);
      logits.dispose();
      return batch.labels.reduce((sum, label, n) => {
        const row = z.slice(n * classes, (n + 1) * classes);
        return sum + ((batch.importance[n] as number) / batch.labels.length) * (Math.log(row.reduce((total, value) => total + Math.exp(value), 0)) - (row[label] as number));
      }, 0);
    };
    expect(loss).toBeCloseTo(await measured(state.params), 6);
    for (const { path, leaf } of entries) {
      const values = Float32Array.from(await leaf.data());
      // Along a random direction, as long as a tenth of a percent of the parameter.
      const direction = new Rng(9).normals(leaf.size);
      const given = treeEntries<Tensor>(state.params).find((entry) => entry.path === path)?.leaf as Tensor;
      const own = Float32Array.from(await given.data());
      const length = (1e-3 * Math.max(0.05, norm(own))) / norm(direction);
      const at = async (sign: 1 | -1): Promise<number> => {
        const moved: Tensor = tensor(Float32Array.from(own, (value, i) => value + sign * length * (direction[i] as number)), given.shape);
        const found = await measured(treeUpdate<Tensor, TunedParams>(state.params, (other, name) => (name === path ? moved : other)));
        moved.dispose();
        return found;
      };
      const slope = ((await at(1)) - (await at(-1))) / (2 * length);
      const expected = values.reduce((sum, value, i) => sum + value * (direction[i] as number), 0);
      const scale = norm(values);
      expect(scale, path).toBeGreaterThan(0);
      expect(Math.abs(slope - expected) / scale, path).toBeLessThan(0.05);
    }
    images.dispose();
    freeTensors([gradient, state.params, state.m, state.v, network.frozen, network.scale, network.shift]);
  }, 120_000);
});

describe('fineTuneModeClassifier', () => {
  it('learns, moves only the blocks that are trained, frees all, and its files give the same classifier', async () => {
    const before = memory().numTensors;
    const losses: number[] = [];
    const { classifier, files } = await fineTuneModeClassifier(twoModes(8), { ...quick, onProgress: (phase, _, __, loss) => phase === 'training' && losses.push(loss as number) });
    expect(memory().numTensors).toBe(before);
    const { card, tuned } = classifier;
    // 2 × 6 fitted images in batches of 4, twice.
    expect(losses).toHaveLength(6);
    expect(losses.at(-1)).toBeLessThan((losses[0] as number) / 2);
    expect(card).toMatchObject({ version: 2, network: 'alexnet', dimension: 256, modes: ['across', 'along'], images: { fitted: [6, 6], heldOut: [2, 2] }, accuracy: 1, confusion: [[2, 0], [0, 2]] });
    expect(card.fineTuning).toMatchObject({ blocks: 2, epochs: 2, batch: 4, learningRate: 3e-4 });
    const bundled = await bundledAlexnet();
    const moved = [...(tuned ?? [])].filter(([name, { data }]) => data.some((value, i) => value !== bundled.get(name)?.data[i])).map(([name]) => name);
    expect(moved).toEqual(['features.8.weight', 'features.8.bias', 'features.10.weight', 'features.10.bias']);

    const loaded = await loadModeClassifier(files);
    expect(loaded.card).toEqual(card);
    const extractor = await loadClassifierExtractor(loaded);
    for (const mode of [0, 1]) {
      const image: Tensor4D = tensor(striped(mode, 99), [1, side, side, 3]);
      const p = loaded.predict(await extractor.features(image));
      expect(p[mode]).toBeGreaterThan(0.5);
      image.dispose();
    }
    extractor.dispose();
    const text = new TextEncoder().encode(JSON.stringify({ ...card, version: 1 }));
    await expect(loadModeClassifier(new Map(files).set('classifier.json', text))).rejects.toThrow('holds a network that classifier.json does not mention');
  }, 120_000);

  it('stopped and continued, gives the same files to the bit', async () => {
    const { files } = await fineTuneModeClassifier(twoModes(6), { ...quick, blocks: 1 });
    const stop = new AbortController();
    let state: Uint8Array | undefined;
    const first = fineTuneModeClassifier(twoModes(6), { ...quick, blocks: 1, signal: stop.signal, onState: (bytes) => void (state = bytes), onProgress: (phase, done) => phase === 'training' && done === 4 && stop.abort() });
    await expect(first).rejects.toThrow('abort');
    const steps: number[] = [];
    const second = await fineTuneModeClassifier(twoModes(6), { ...quick, blocks: 1, state, onProgress: (phase, done) => phase === 'training' && steps.push(done) });
    expect(steps).toEqual([5, 6]);
    for (const [name, bytes] of files) expect(Buffer.compare(second.files.get(name) as Uint8Array, bytes), name).toBe(0);
    const others = fineTuneModeClassifier(twoModes(6), { ...quick, blocks: 2, state });
    await expect(others).rejects.toThrow('begun with other images or settings');
    await expect(others).rejects.toThrow(CheckpointMismatchError);
    // The same names, and other images.
    const changed = new Map([...twoModes(6)].map(([name, images]) => [name, { ...images, digest: 'other files' }]));
    await expect(fineTuneModeClassifier(changed, { ...quick, blocks: 1, state })).rejects.toThrow('begun with other images or settings');
  }, 120_000);

  it('refuses one mode, few images, options out of range, and an image with NaN', async () => {
    await expect(fineTuneModeClassifier(new Map([['across', imagesOf(0, 6)]]))).rejects.toThrow("there is 1 ('across')");
    await expect(fineTuneModeClassifier(new Map([['across', imagesOf(0, 6)], ['along', imagesOf(1, 4)]]))).rejects.toThrow("The mode 'along' has 4 images");
    for (const wrong of [{ blocks: 6 }, { epochs: 0 }, { batch: 1.5 }, { learningRate: -1 }, { heldOut: 1 }]) await expect(fineTuneModeClassifier(twoModes(6), wrong)).rejects.toThrow(ArgumentError);
    const broken = new Map([['across', imagesOf(0, 6, (values, i) => (i === 3 ? values.fill(Number.NaN, 5, 6) : values))], ['along', imagesOf(1, 6)]]);
    await expect(fineTuneModeClassifier(broken)).rejects.toThrow(NonFiniteError);
    await expect(fineTuneModeClassifier(broken)).rejects.toThrow("'0-3.png'");
  }, 60_000);
});
