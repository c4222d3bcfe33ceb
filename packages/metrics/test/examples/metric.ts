import { openDevice, Rng, tensor, type Tensor4D } from '@munit/core';
import { kernelMetric, loadFeatureExtractor } from '@munit/metrics';

const device = await openDevice('auto');
const extractor = await loadFeatureExtractor(); // AlexNet's; { network: 'vgg16', weights } takes a file
const kid = kernelMetric(extractor, { subsets: 20, subsetSize: 4 });

// Any iterable of batches in [−1, 1], sync or async; here noise in place of translations and photographs.
const noise = (seed: number): Tensor4D => tensor(new Rng(seed).uniforms(6 * 32 * 32 * 3, -1, 1), [6, 32, 32, 3]);
const [translations, real] = [[noise(1)], [noise(2)]];
const { value, warnings } = await kid.measure({ translations, real });
console.debug(kid.name, value.toFixed(3), kid.better, 'is better');
console.debug(warnings.length, 'warnings');

for (const batch of [...translations, ...real]) batch.dispose();
extractor.dispose();
device.dispose();
