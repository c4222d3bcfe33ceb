// The contract of every op in a real browser: the same suites as in Node, with their tiny cases on WebGPU.
import './activation/activation.test.js';
import './adam/adam.test.js';
import './augment/augment.test.js';
import './conv2d/conv2d.test.js';
import './elementwise/elementwise.test.js';
import './linear/linear.test.js';
import './normalize/normalize.test.js';
import './pooling/pooling.test.js';
import './reductions/reductions.test.js';
import './spectral/spectral.test.js';
