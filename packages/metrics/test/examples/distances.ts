import { FeatureMoments, featureSet, frechetDistance, frechetWarnings, kernelDistance, neighbourMetrics } from '@munit/metrics';

// Features of images as any network gave them: a row of 4 numbers for each of 6 images.
const real = featureSet(Float32Array.from({ length: 24 }, (_, i) => Math.sin(i)), 4);
const fake = featureSet(Float32Array.from({ length: 24 }, (_, i) => Math.sin(i) + (i % 3) / 10), 4);

const [ofReal, ofFake] = [new FeatureMoments(4), new FeatureMoments(4)];
ofReal.add(real); // as often as batches come, in memory that does not grow
ofFake.add(fake);
console.debug('Fréchet distance', frechetDistance(ofReal, ofFake).toFixed(4));
console.debug(frechetWarnings(ofReal, ofFake)[0]);

const { value, mean, deviation } = kernelDistance(real, fake, { subsets: 50, subsetSize: 4, seed: 1 });
console.debug('kernel distance', value.toFixed(4), 'over subsets', mean.toFixed(4), '±', deviation.toFixed(4));

const { precision, recall } = neighbourMetrics(real, fake, { k: 3 });
console.debug('precision', precision.value, precision.interval, 'recall', recall.value);
