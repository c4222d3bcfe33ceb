import { ArgumentError, CheckpointMismatchError, Rng, ShapeError } from '@munit/core';
import { describe, expect, it } from 'vitest';
import { type FeatureSet, featureSet } from '../statistics/features.js';
import { loadModeClassifier } from './classifierFiles.js';
import { trainModeClassifier } from './modeClassifier.js';
import { fitSoftmax, softmaxPredict } from './softmax.js';

/** Vectors around a centre on one of the axes. */
function cloud(axis: number, count: number, spread: number, dimension = 6): FeatureSet {
  const rng = new Rng(100 + axis);
  return featureSet(Float32Array.from({ length: count * dimension }, (_, i) => (i % dimension === axis ? 3 : 0) + spread * rng.normal()), dimension);
}

const modes = (spread: number, count = 40): Map<string, FeatureSet> => new Map(['cat', 'dog', 'fox'].map((name, axis) => [name, cloud(axis, count, spread)]));

describe('fitSoftmax', () => {
  it('finds the logarithm of the odds in closed form for one binary feature', () => {
    // Of the first class 1 of 4 has the feature, of the second 3 of 4: log odds differ by 2 ln 3 between the feature's values.
    const set = featureSet(Float64Array.of(1, 0, 0, 0, 1, 1, 1, 0), 1);
    const model = fitSoftmax(set, [0, 0, 0, 0, 1, 1, 1, 1], 2, 0, 3000);
    const p = softmaxPredict(model, featureSet(Float64Array.of(0, 1), 1));
    expect([...p].map((value) => value.toFixed(4))).toEqual(['0.7500', '0.2500', '0.2500', '0.7500']);
  });
});

describe('trainModeClassifier', () => {
  it('tells separate modes apart, and says how well on images that it has not seen', async () => {
    const { classifier } = await trainModeClassifier(modes(0.3), { network: 'alexnet', seed: 3 });
    const { accuracy, confusion, images, modes: names, warnings } = classifier.card;
    expect([accuracy, confusion, names]).toEqual([1, [[8, 0, 0], [0, 8, 0], [0, 0, 8]], ['cat', 'dog', 'fox']]);
    expect(images).toEqual({ fitted: [32, 32, 32], heldOut: [8, 8, 8] });
    expect(warnings).toEqual(['24 held-out images of 3 modes are few: the accuracy is rough.']);
    const p = classifier.predict(cloud(1, 5, 0));
    for (let n = 0; n < 5; n++) expect(p[3 * n + 1]).toBeGreaterThan(0.9);
  });

  it('is at chance for modes that do not differ, and warns', async () => {
    const rng = new Rng(5);
    const noise = new Map(['x', 'y'].map((name) => [name, featureSet(rng.normals(200 * 6), 6)]));
    const { card } = (await trainModeClassifier(noise, { network: 'alexnet' })).classifier;
    expect(Math.abs(card.accuracy - 0.5)).toBeLessThan(0.16);
    expect(card.interval.low).toBeLessThan(0.5);
    expect(card.warnings[0]).toContain('chance 50 %');
  });

  it('does not depend on the order of images', async () => {
    const reversed = new Map([...modes(1.5)].map(([name, { data, dimension, count }]) => [name, featureSet(Float32Array.from({ length: data.length }, (_, i) => data[(count - 1 - Math.floor(i / dimension)) * dimension + (i % dimension)] as number), dimension)]));
    const [a, b] = [await trainModeClassifier(modes(1.5), { network: 'alexnet' }), await trainModeClassifier(reversed, { network: 'alexnet' })];
    expect(b.classifier.card).toEqual(a.classifier.card);
  });

  it('survives its files, and refuses others', async () => {
    const { classifier, files } = await trainModeClassifier(modes(1), { network: 'vgg16' });
    const loaded = await loadModeClassifier(files);
    expect(loaded.card).toEqual(classifier.card);
    const features = cloud(2, 4, 1);
    loaded.predict(features).forEach((value, i) => expect(value).toBeCloseTo(classifier.predict(features)[i] as number, 5));
    const damaged = new Map(files).set('classifier.safetensors', (files.get('classifier.safetensors') as Uint8Array).map((byte, i, all) => (i === all.length - 1 ? byte ^ 1 : byte)));
    await expect(loadModeClassifier(damaged)).rejects.toThrow('its SHA-256 differs');
    await expect(loadModeClassifier(new Map([...files].slice(1)))).rejects.toThrow('classifier.json is missing');
    await expect(loadModeClassifier(new Map(files).set('classifier.json', new TextEncoder().encode('{}')))).rejects.toThrow(CheckpointMismatchError);
    expect(() => loaded.predict(featureSet(new Float32Array(5), 5))).toThrow(ShapeError);
  });

  it('refuses one mode, a tiny one and another share', async () => {
    await expect(trainModeClassifier(new Map([...modes(1)].slice(0, 1)), { network: 'alexnet' })).rejects.toThrow("there is 1 ('cat')");
    await expect(trainModeClassifier(modes(1, 4), { network: 'alexnet' })).rejects.toThrow("The mode 'cat' has 4 images");
    await expect(trainModeClassifier(modes(1), { network: 'alexnet', heldOut: 1 })).rejects.toThrow(ArgumentError);
  });
});
