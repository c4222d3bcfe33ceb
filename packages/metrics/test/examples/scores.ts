import { inceptionScores } from '@munit/metrics';

// 2 inputs × 3 styles × 3 modes: the first input reaches every mode, the second only one.
const data = Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 1, 0, 0, 1, 0, 0);
const { is, cis } = inceptionScores({ inputs: 2, styles: 3, classes: 3, data });
console.debug('CIS', cis.nats.toFixed(3), 'nats; exponentiated', cis.exponentiated.toFixed(3)); // ln 3 / 2 = 0.549
console.debug('IS', is.nats.toFixed(3), 'nats; at least CIS, at most ln 3');
