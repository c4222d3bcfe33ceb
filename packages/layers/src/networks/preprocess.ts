/** How images in [−1, 1] become what a feature network's weights were trained on. */
import { conv2d, ShapeError, tensor, type Tensor4D } from '@munit/core';
import { scoped } from '../support/scope.js';

/**
 * What a feature network's weights expect of its input:
 *
 * - `caffe`: blue first, [0, 255], less ImageNet's mean (`utils.py`, `vgg_preprocess`; Caffe's VGG16)
 * - `torchvision`: ((x + 1) / 2 − mean) / deviation of ImageNet, red first; LPIPS v0.1's scaling layer is the same map
 * - `none`: x as it is (LPIPS v0.0)
 */
export type FeaturePreprocessing = 'caffe' | 'torchvision' | 'none';
export const featurePreprocessings = ['caffe', 'torchvision', 'none'] as const satisfies readonly FeaturePreprocessing[];

/** y[c] = gain[c] · x[from[c]] + offset[c]: a colour transform of images in [−1, 1] with red, green, blue. */
export interface ColourTransform {
  readonly from: readonly [number, number, number];
  readonly gain: readonly [number, number, number];
  readonly offset: readonly [number, number, number];
}

/** Mean of ImageNet's blue, green and red, of 255. */
const caffeMeans = [103.939, 116.779, 123.68] as const;
/** Mean and deviation of ImageNet's red, green and blue, of 1. */
const [torchvisionMeans, torchvisionDeviations] = [[0.485, 0.456, 0.406] as const, [0.229, 0.224, 0.225] as const];

/** The transform of each preprocessing. */
export const colourTransforms: Readonly<Record<Exclude<FeaturePreprocessing, 'none'>, ColourTransform>> = {
  caffe: {
    from: [2, 1, 0],
    gain: [127.5, 127.5, 127.5],
    offset: [127.5 - caffeMeans[0], 127.5 - caffeMeans[1], 127.5 - caffeMeans[2]],
  },
  torchvision: {
    from: [0, 1, 2],
    gain: [0.5 / torchvisionDeviations[0], 0.5 / torchvisionDeviations[1], 0.5 / torchvisionDeviations[2]],
    offset: [
      (0.5 - torchvisionMeans[0]) / torchvisionDeviations[0],
      (0.5 - torchvisionMeans[1]) / torchvisionDeviations[1],
      (0.5 - torchvisionMeans[2]) / torchvisionDeviations[2],
    ],
  },
};

/**
 * The colour transform as a 1×1 convolution by constants, so that it is one op with a right gradient.
 * One channel stands for all three.
 * @param x [N, H, W, 3 (red, green, blue) or 1] in [−1, 1]
 * @returns [N, H, W, 3]
 * @throws ShapeError for another number of channels
 */
export function transformColours(x: Tensor4D, { from, gain, offset }: ColourTransform): Tensor4D {
  const channels = x.shape[3];
  if (channels !== 3 && channels !== 1) {
    throw new ShapeError(`preprocessing of features: images must have 3 channels or 1, but they have ${channels}.`, {
      remedy: 'Feature networks take colour or grey images; set vgg_w to 0 for others.',
    });
  }
  const rows = Array.from({ length: channels }, (_, i) => from.map((source, c) => (channels === 1 || source === i ? (gain[c] as number) : 0)));
  return scoped(() => conv2d(x, tensor(rows.flat(), [1, 1, channels, 3]), tensor([...offset], [3])));
}

/** Images in [−1, 1] as weights of this kind take them. */
export const preprocess = (x: Tensor4D, kind: FeaturePreprocessing): Tensor4D => (kind === 'none' ? x : transformColours(x, colourTransforms[kind]));

/**
 * Images as VGG16's published weights take them (`utils.py`, `vgg_preprocess`): y = 127.5 (x + 1) − mean, blue first.
 * @param x [N, H, W, 3 (red, green, blue) or 1] in [−1, 1]
 * @returns [N, H, W, 3]
 * @throws ShapeError for another number of channels
 */
export const preprocessForVgg = (x: Tensor4D): Tensor4D => transformColours(x, colourTransforms.caffe);
