import { Rng } from '@munit/core';
import { type FeatureSet, featureSet, modeFigures, qualityFigures, trainModeClassifier } from '@munit/metrics';

// Features of images as an extractor gives them; here rows of 4 numbers around one centre per mode.
const rng = new Rng(1);
const around = (mode: number, count: number): FeatureSet => featureSet(Float32Array.from({ length: 4 * count }, (_, i) => (i % 4 === mode ? 4 : 0) + rng.normal()), 4);
const modes = new Map([['cat', around(0, 50)], ['dog', around(1, 50)], ['fox', around(2, 50)]]);

const { classifier } = await trainModeClassifier(modes, { network: 'alexnet' });
const { accuracy, confusion } = classifier.card;
console.debug('right on held-out images:', accuracy.toFixed(2), 'of', confusion.flat().reduce((a, b) => a + b, 0));

// Two translations of each input, one after the other: 25 inputs that reach one mode each.
const translations = around(0, 50);
for (const { name, value, interval, beside } of modeFigures(classifier, translations, { each: 2 }).figures) {
  console.debug(name, value.toFixed(2), 'from', interval?.low.toFixed(2), 'to', interval?.high.toFixed(2), beside);
}

const { figures, nearest } = qualityFigures(around(0, 100), translations, { network: 'mine', each: 2 });
console.debug(figures.map(({ name }) => name).join(' '), nearest.length);
