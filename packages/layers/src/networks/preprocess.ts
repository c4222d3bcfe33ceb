/** How images in [−1, 1] become what a feature network's weights were trained on. */
import type { Tensor4D } from '@munit/core';
import { transformColours } from '../describe/colours.js';
import type { ColoursNode } from '../describe/nodes.js';

/**
 * What a feature network's weights expect of its input:
 *
 * - `caffe`: blue first, [0, 255], less ImageNet's mean (`utils.py`, `vgg_preprocess`; Caffe's VGG16)
 * - `torchvision`: ((x + 1) / 2 − mean) / deviation of ImageNet, red first; LPIPS v0.1's scaling layer is the same map
 * - `none`: x as it is (LPIPS v0.0)
 */
export type FeaturePreprocessing = 'caffe' | 'torchvision' | 'none';
export const featurePreprocessings = ['caffe', 'torchvision', 'none'] as const satisfies readonly FeaturePreprocessing[];

const each = (f: (c: 0 | 1 | 2) => number): readonly [number, number, number] => [f(0), f(1), f(2)];

/** Mean of ImageNet's blue, green and red, of 255. */
const caffeMeans = [103.939, 116.779, 123.68] as const;
/** Mean and deviation of ImageNet's red, green and blue, of 1. */
const [means, deviations] = [[0.485, 0.456, 0.406] as const, [0.229, 0.224, 0.225] as const];

const caffe: ColoursNode = { op: 'colours', from: [2, 1, 0], gain: each(() => 127.5), offset: each((c) => 127.5 - caffeMeans[c]) };
const torchvision: ColoursNode = {
  op: 'colours',
  from: [0, 1, 2],
  gain: each((c) => 0.5 / deviations[c]),
  offset: each((c) => (0.5 - means[c]) / deviations[c]),
};

/** The preprocessing as an op; undefined for `none`. */
export const coloursNode = (kind: FeaturePreprocessing): ColoursNode | undefined => ({ caffe, torchvision, none: undefined })[kind];

/**
 * Images as VGG16's published weights take them (`utils.py`, `vgg_preprocess`): y = 127.5 (x + 1) − mean, blue first.
 * @param x [N, H, W, 3 (red, green, blue) or 1] in [−1, 1]
 * @returns [N, H, W, 3]
 * @throws ShapeError for another number of channels
 */
export const preprocessForVgg = (x: Tensor4D): Tensor4D => transformColours(x, caffe);
