import { openDevice, Rng, tensor, type Tensor4D } from '@munit/core';
import { loadLpips, pairDistances } from '@munit/metrics';

const device = await openDevice('auto');
const lpips = await loadLpips(); // AlexNet, version 0.1; { version: '0.0' } is the scale of the MUNIT paper

// Three RGB images in [−1, 1], here noise; bytes become that by / 127.5 − 1.
const images: Tensor4D = tensor(new Rng(1).uniforms(3 * 64 * 64 * 3, -1, 1), [3, 64, 64, 3]);
const features = await lpips.features(images);
const distances = pairDistances(lpips, features); // or { pairs: 19, seed: 1 }, as the paper
const mean = distances.reduce((sum, { total }) => sum + total, 0) / distances.length;
console.debug('diversity', mean.toFixed(3), 'over', distances.length, 'pairs');

const { total, layers } = lpips.distance(features[0]!, features[1]!);
console.debug('one pair', total.toFixed(3), 'of', layers.length, 'layers');
const { width, height } = lpips.map(features[0]!, features[1]!); // where they differ
console.debug('a map of', width, '×', height);

images.dispose();
lpips.dispose();
device.dispose();
