/** Bad input is turned away at the door, by a named error that says what was expected, what came and what to do. */
import { beforeAll, describe, expect, test } from 'vitest';
import { openDevice } from '../devices/devices.js';
import { ArgumentError, type MunitError, ShapeError } from '../errors/index.js';
import { memory, type Scalar, type Tensor, type Tensor1D, type Tensor2D, type Tensor4D, tensor } from '../tfjs.js';
import * as ops from '../index.js';

beforeAll(async () => {
  await openDevice('cpu');
});

/** A tensor of ones; the rank is checked where it matters, which is what these tests are about. */
function ones<T extends Tensor>(...shape: number[]): T {
  return tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1), shape) as Tensor as T;
}

type Case = readonly [what: string, run: () => unknown, kind: new (...args: never[]) => MunitError, message: string];

const image = (h: number, w: number, c = 3): Tensor4D => ones(1, h, w, c);
const weights = (k: number, c: number, o: number): Tensor4D => ones(k, k, c, o);
const conv = (x: Tensor4D, w: Tensor4D, options?: object, bias?: Tensor1D) => () => ops.conv2d(x, w, bias, options as ops.Conv2dOptions);

// Built inside the tests' scope: a device must be there first.
const cases = (): readonly Case[] => [
  ['conv2d: wrong channels', conv(image(8, 8, 1), weights(3, 3, 4)), ShapeError,
    "conv2d: 'x' of shape [1, 8, 8, 1] has 1 channels, but 'weights' of shape [3, 3, 3, 4] take 3. Give an image with the channels that the network was made for (input_dim_a, input_dim_b)."],
  ['conv2d: an image without a batch', conv(ones(8, 8, 3), weights(3, 3, 4)), ShapeError,
    "conv2d: 'x' must have 4 axes [N, H, W, C], but its shape is [8, 8, 3]."],
  ['conv2d: weights of three axes', conv(image(8, 8), ones(3, 3, 3)), ShapeError, "conv2d: 'weights' must have 4 axes [kh, kw, C, O], but its shape is [3, 3, 3]."],
  ['conv2d: a bias of another width', conv(image(8, 8), weights(3, 3, 4), {}, ones<Tensor1D>(3)), ShapeError,
    "conv2d: 'bias' must have the shape [4] (one per output channel), but it is [3]."],
  ['conv2d: smaller than the reflect padding', conv(image(3, 8), weights(7, 3, 4), { pad: { mode: 'reflect', size: 3 } }), ShapeError,
    'conv2d: a reflect padding of 3 needs an input larger than 3×3, but it is 3×8. Use a larger image, or fewer downsampling layers.'],
  ['conv2d: smaller than the kernel', conv(image(2, 2), weights(5, 3, 4), { pad: { mode: 'zero', size: 1 } }), ShapeError,
    'conv2d: a 5×5 kernel does not fit into an input of 2×2 padded by 1. Use a larger image, or fewer downsampling layers.'],
  ['conv2d: an unknown padding', conv(image(8, 8), weights(3, 3, 4), { pad: { mode: 'mirror', size: 1 } }), ArgumentError,
    "conv2d: 'pad.mode' must be one of reflect, replicate, zero, but it is 'mirror'."],
  ['conv2d: a negative padding', conv(image(8, 8), weights(3, 3, 4), { pad: { mode: 'zero', size: -1 } }), ArgumentError,
    "conv2d: 'pad.size' must be a whole number of at least 0, but it is -1."],
  ['conv2d: stride 0', conv(image(8, 8), weights(3, 3, 4), { stride: 0 }), ArgumentError, "conv2d: 'stride' must be a whole number of at least 1, but it is 0."],
  ['conv2d: upsampling by 3', conv(image(8, 8), weights(3, 3, 4), { upsample: 3 }), ArgumentError, "conv2d: 'upsample' must be one of 1, 2, but it is '3'."],
  ['conv2d: an activation that is not fused', conv(image(8, 8), weights(3, 3, 4), { activation: 'selu' }), ArgumentError,
    "conv2d: 'activation' must be one of none, relu, lrelu, tanh, but it is 'selu'."],

  ['transposedConv2d: channels', () => ops.transposedConv2d(image(4, 4), weights(3, 3, 4), undefined), ShapeError,
    "transposedConv2d: 'x' of shape [1, 4, 4, 3] has 3 channels, but 'weights' of shape [3, 3, 3, 4] take 4. Give weights of shape [kh, kw, O, C] with the channels of x last."],
  ['transposedConv2d: bias', () => ops.transposedConv2d(image(4, 4), weights(3, 2, 3), ones<Tensor1D>(3)), ShapeError,
    "transposedConv2d: 'bias' must have the shape [2] (one per output channel), but it is [3]."],
  ['transposedConv2d: output padding', () => ops.transposedConv2d(image(4, 4), weights(3, 2, 3), undefined, { stride: 2, outputPadding: 2 }), ArgumentError,
    "transposedConv2d: 'outputPadding' must be smaller than the stride of 2, but it is 2."],
  ['transposedConv2d: padding', () => ops.transposedConv2d(image(1, 1), weights(3, 2, 3), undefined, { padding: 2 }), ShapeError,
    'transposedConv2d: a padding of 2 leaves nothing of an input of 1×1 under a 3×3 kernel at stride 1. Use a smaller padding, or a larger input.'],
  ['transposedConv2d: stride', () => ops.transposedConv2d(image(1, 1), weights(3, 2, 3), undefined, { stride: 0 }), ArgumentError,
    "transposedConv2d: 'stride' must be a whole number of at least 1, but it is 0."],

  ['normalize: a scale of another width', () => ops.normalize(image(4, 4), { over: 'instance', scale: ones<Tensor1D>(4) }), ShapeError,
    "normalize: 'scale' must have the shape [3] (one per channel), but it is [4]."],
  ['normalize: a style of another batch', () => ops.normalize(image(4, 4), { over: 'instance', shift: ones<Tensor2D>(2, 3) }), ShapeError,
    "normalize: 'shift' must have the shape [1, 3] (one per sample and channel), but it is [2, 3]."],
  ['normalize: scale and shift unlike', () => ops.normalize(image(4, 4), { over: 'instance', scale: ones<Tensor1D>(3), shift: ones<Tensor2D>(1, 3) }), ShapeError,
    "normalize: 'scale' [3] and 'shift' [1, 3] must have the same shape."],
  ['normalize: a residual of another size', () => ops.normalize(image(4, 4), { over: 'layer', residual: image(4, 5) }), ShapeError,
    "normalize: 'residual' must have the shape [1, 4, 4, 3] (that of x), but it is [1, 4, 5, 3]."],
  ['normalize: an unknown group', () => ops.normalize(image(4, 4), { over: 'group' as 'layer' }), ArgumentError,
    "normalize: 'over' must be one of instance, layer, batch, but it is 'group'."],
  ['normalize: epsilon 0', () => ops.normalize(image(4, 4), { over: 'layer', epsilon: 0 }), ArgumentError, "normalize: 'epsilon' must be above 0, but it is 0."],
  ['normalize: a layer of one value', () => ops.normalize(image(1, 1, 1), { over: 'layer' }), ShapeError,
    'normalize: a layer norm needs at least two values per sample, for its deviation is unbiased.'],

  ['linear: features', () => ops.linear(ones(2, 5), ones(4, 3), undefined), ShapeError, "linear: 'x' has 5 features, but 'weights' take 4."],
  ['linear: bias', () => ops.linear(ones(2, 4), ones(4, 3), ones<Tensor1D>(4)), ShapeError, "linear: 'bias' must have the shape [3] (one per output feature), but it is [4]."],
  ['linear: an image', () => ops.linear(image(2, 2) as Tensor as Tensor2D, ones(4, 3), undefined), ShapeError, "linear: 'x' must have 2 axes [N, I], but its shape is [1, 2, 2, 3]."],

  ['activate: an unknown name', () => ops.activate(ones(2), 'gelu' as 'relu'), ArgumentError, "activate: 'activation' must be one of none, relu, lrelu, tanh, selu, but it is 'gelu'."],
  ['prelu: a slope for each channel', () => ops.prelu(image(2, 2), ones<Tensor1D>(3)), ShapeError, "prelu: 'slope' must have the shape [1] (one slope for all channels), but it is [3]."],
  ['averagePool2d: a matrix', () => ops.averagePool2d(ones(3, 3)), ShapeError, "averagePool2d: 'x' must have 4 axes [N, H, W, C], but its shape is [3, 3]."],
  ['averagePool2d: padding', () => ops.averagePool2d(image(4, 4), { size: 2, padding: 2 }), ArgumentError, "averagePool2d: 'padding' must be at most half of 'size', which is 2, but it is 2."],
  ['averagePool2d: no window', () => ops.averagePool2d(image(2, 8), { size: 4, padding: 0 }), ShapeError,
    'averagePool2d: a window of 4×4 does not fit into an input of 2×8 padded by 0. Use a larger image.'],
  ['averagePool2d: stride', () => ops.averagePool2d(image(4, 4), { stride: 0 }), ArgumentError, "averagePool2d: 'stride' must be a whole number of at least 1, but it is 0."],
  ['batchNormalize: a mean of another width', () => ops.batchNormalize(image(4, 4), { mean: ones<Tensor1D>(4), variance: ones<Tensor1D>(3) }), ShapeError,
    "batchNormalize: 'mean' must have the shape [3] (one per channel), but it is [4]."],
  ['batchNormalize: epsilon 0', () => ops.batchNormalize(image(4, 4), { mean: ones<Tensor1D>(3), variance: ones<Tensor1D>(3), epsilon: 0 }), ArgumentError,
    "batchNormalize: 'epsilon' must be above 0, but it is 0."],
  ['updateRunningStatistics: one value', () => ops.updateRunningStatistics({ mean: ones<Tensor1D>(3), variance: ones<Tensor1D>(3) }, image(1, 1)), ShapeError,
    "updateRunningStatistics: more than one value per channel is needed, but 'x' is of shape [1, 1, 1, 3]. Use a larger batch or image."],
  ['updateRunningStatistics: momentum', () => ops.updateRunningStatistics({ mean: ones<Tensor1D>(3), variance: ones<Tensor1D>(3) }, image(2, 2), 2), ArgumentError,
    "updateRunningStatistics: 'momentum' must be from 0 to 1, but it is 2."],
  ['maxPool2d: one row', () => ops.maxPool2d(image(1, 8)), ShapeError, 'maxPool2d: the input must be at least 2×2, but it is 1×8. Use a larger image.'],
  ['maxPool2d: padding', () => ops.maxPool2d(image(4, 4), { size: 3, padding: 2 }), ArgumentError, "maxPool2d: 'padding' must be at most half of 'size', which is 3, but it is 2."],
  ['maxPool2d: stride', () => ops.maxPool2d(image(4, 4), { stride: 0 }), ArgumentError, "maxPool2d: 'stride' must be a whole number of at least 1, but it is 0."],
  ['globalAveragePool: a matrix', () => ops.globalAveragePool(ones(3, 3)), ShapeError, "globalAveragePool: 'x' must have 4 axes"],
  ['add: nothing is broadcast', () => ops.add(ones(2, 3), ones(1, 3)), ShapeError, "add: 'b' must have the shape [2, 3] (that of a), but it is [1, 3]."],
  ['reshape: another size', () => ops.reshape(ones(2, 3), [4]), ShapeError, 'reshape: [2, 3] holds 6 values, but [4] would hold 4.'],
  ['concatBatch: nothing', () => ops.concatBatch([]), ArgumentError, 'concatBatch: give at least one tensor.'],
  ['concatBatch: samples of another size', () => ops.concatBatch([ones(2, 3), ones(1, 4)]), ShapeError,
    "concatBatch: 'part 1' must have the shape [1, 3] (that of the first but for the number of samples), but it is [1, 4]."],
  ['concatChannels: nothing', () => ops.concatChannels([]), ArgumentError, 'concatChannels: give at least one tensor.'],
  ['concatChannels: images of another size', () => ops.concatChannels([image(2, 3), image(2, 4, 5)]), ShapeError,
    "concatChannels: 'part 1' must have the shape [1, 2, 3, 5] (that of the first but for the number of channels), but it is [1, 2, 4, 5]."],
  ['expandOverPixels: an image', () => ops.expandOverPixels(image(2, 2) as Tensor as Tensor2D, 2, 2), ShapeError, "expandOverPixels: 'x' must have 2 axes [N, F], but its shape is [1, 2, 2, 3]."],
  ['expandOverPixels: no rows', () => ops.expandOverPixels(ones(1, 2), 0, 2), ArgumentError, "expandOverPixels: 'height' must be a whole number of at least 1, but it is 0."],
  ['dropout: everything', () => ops.dropout(ones(2), 1, new ops.Rng(1)), ArgumentError, "dropout: 'rate' must be at least 0 and below 1, but it is 1."],
  ['pad2d: a border as large as the image', () => ops.pad2d(image(3, 3), { mode: 'reflect', rows: 1, columns: 3 }), ShapeError,
    'pad2d: a reflected border of 1 rows and 3 columns needs a larger image than 3×3. Use a larger image.'],
  ['pad2d: an unknown mode', () => ops.pad2d(image(3, 3), { mode: 'mirror' as 'zero', rows: 1, columns: 1 }), ArgumentError,
    "pad2d: 'mode' must be one of reflect, replicate, zero, but it is 'mirror'."],
  ['blurPool2d: one row', () => ops.blurPool2d(image(1, 3)), ShapeError,
    'blurPool2d: a blur of 3 needs an image of at least 2×2, but it is 1×3. Use a larger image, or fewer downsampling layers.'],
  ['blurPool2d: a wide blur', () => ops.blurPool2d(image(9, 9), { size: 7 as 5 }), ArgumentError, "blurPool2d: 'size' must be one of 2, 3, 4, 5, but it is '7'."],
  ['resizeBilinear2d: a matrix', () => ops.resizeBilinear2d(ones(3, 3), { height: 2, width: 2 }), ShapeError, "resizeBilinear2d: 'x' must have 4 axes [N, H, W, C], but its shape is [3, 3]."],
  ['resizeBilinear2d: half a row', () => ops.resizeBilinear2d(image(3, 3), { height: 1.5, width: 2 }), ArgumentError,
    "resizeBilinear2d: 'height' must be a whole number of at least 1, but it is 1.5."],
  ['sliceBatch: beyond the last', () => ops.sliceBatch(ones(2, 3), 1, 2), ArgumentError, 'sliceBatch: [1, 3) is not inside the batch of 2.'],
  ['sliceFeatures: beyond the last', () => ops.sliceFeatures(ones(2, 3), 2, 2), ArgumentError, 'sliceFeatures: [2, 4) is not inside the 3 columns of x.'],
  ['weightedSum: a weight too few', () => ops.weightedSum([ones<Scalar>(), ones<Scalar>()], [1]), ArgumentError,
    'weightedSum: each term needs a weight, and there must be at least one, but there are 2 terms and 1 weights.'],
  ['weightedSum: nothing', () => ops.weightedSum([], []), ArgumentError, 'there must be at least one, but there are 0 terms and 0 weights.'],
  ['meanAbsoluteDifference: sizes', () => ops.meanAbsoluteDifference(image(2, 2), image(2, 3)), ShapeError,
    "meanAbsoluteDifference: 'b' must have the shape [1, 2, 2, 3] (that of a), but it is [1, 2, 3, 3]."],
  ['meanSquaredDifference: sizes', () => ops.meanSquaredDifference(ones(2), ones(3)), ShapeError, "meanSquaredDifference: 'b' must have the shape [2]"],
  ['dot: sizes', () => ops.dot(ones(2), ones(3)), ShapeError, "dot: 'b' must have the shape [2] (that of a), but it is [3]."],

  ['unitDistance: three axes', () => ops.unitDistance(ones(2, 3, 4), ones(2, 3, 4), ones(4)), ShapeError, "unitDistance: 'x' must have 4 axes [N, H, W, C], but its shape is [2, 3, 4]."],
  ['unitDistance: another size', () => ops.unitDistance(image(4, 4), image(4, 5), ones(3)), ShapeError,
    "unitDistance: 'y' must have the shape [1, 4, 4, 3] (that of x), but it is [1, 4, 5, 3]."],
  ['unitDistance: weights', () => ops.unitDistance(image(4, 4), image(4, 4), ones(4)), ShapeError,
    "unitDistance: 'weights' must have the shape [3] (one per channel), but it is [4]."],
  ['unitDistance: nothing', () => ops.unitDistance(image(0, 4), image(0, 4), ones(3)), ShapeError, "unitDistance: 'x' is empty: its shape is [1, 0, 4, 3]."],
  ['kernelMean: columns', () => ops.kernelMean(ones(2, 3), ones(2, 4), 1), ShapeError, "kernelMean: 'x' has 3 columns, but 'y' has 4."],
  ['kernelMean: constant', () => ops.kernelMean(ones(2, 3), ones(2, 3), 0), ArgumentError, "kernelMean: 'constant' must be above 0, but it is 0."],
  ['limitGradients: clip', () => ops.limitGradients([ones(2)], { clip: 0 }), ArgumentError, "limitGradients: 'clip' must be above 0, but it is 0."],
  ['reciprocal: a vector', () => ops.reciprocal(ones(2) as Tensor as Scalar), ShapeError, "reciprocal: 'x' must have the shape [] (a scalar), but it is [2]."],

  ['spectralNormalize: u', () => ops.spectralNormalize(weights(3, 2, 4), { u: ones(3), v: ones(18) }), ShapeError,
    "spectralNormalize: 'u' must have the shape [4] (one per output), but it is [3]."],
  ['powerIteration: v', () => ops.powerIteration(weights(3, 2, 4), { u: ones(4), v: ones(9) }), ShapeError,
    "powerIteration: 'v' must have the shape [18] (one per input of an output), but it is [9]."],
  ['spectralNormalize: three axes', () => ops.spectralNormalize(ones(2, 3, 4), { u: ones(4), v: ones(6) }), ShapeError,
    'spectralNormalize: the weight must be [kh, kw, C, O] or [I, O], but its shape is [2, 3, 4].'],

  ['adamUpdate: a gradient too few', () => ops.adamUpdate({ params: [ones(2)], m: [ones(2)], v: [ones(2)] }, [], adam), ArgumentError,
    'adamUpdate: 1 parameters need as many gradients and moments, but there are 0 gradients, 1 first and 1 second moments.'],
  ['adamUpdate: a gradient of another shape', () => ops.adamUpdate({ params: [ones(2)], m: [ones(2)], v: [ones(2)] }, [ones(3)], adam), ShapeError,
    "adamUpdate: 'gradients[0]' must have the shape [2] (that of its parameter), but it is [3]."],
  ['emaUpdate: a decay of 2', () => ops.emaUpdate([ones(1)], [ones(1)], 2), ArgumentError, "emaUpdate: 'decay' must be from 0 to 1, but it is 2."],
  ['emaUpdate: counts', () => ops.emaUpdate([], [ones(1)], 0.5), ArgumentError, 'emaUpdate: 0 averages need as many parameters, but there are 1.'],

  ['shiftBrightness: constants', () => ops.shiftBrightness(image(2, 2), [1, 2]), ArgumentError, 'shiftBrightness: each of the 1 samples needs a constant, but there are 2.'],
  ['translateImages: out of the image', () => ops.translateImages(image(2, 4), [2], [0]), ArgumentError,
    'translateImages: moves must be whole numbers smaller than the image of 2×4.'],
  ['clamp: no interval', () => ops.clamp(ones(2), 1, 1), ArgumentError, "clamp: 'low' must be below 'high', but they are 1 and 1."],
  ['mirrorImages: choices', () => ops.mirrorImages(image(2, 2), []), ArgumentError, 'mirrorImages: each of the 1 samples needs a constant, but there are 0.'],
  ['maskImages: a mask per channel', () => ops.maskImages(image(2, 2), image(2, 2)), ShapeError,
    "maskImages: 'mask' must have the shape [1, 2, 2, 1] (one value per pixel), but it is [1, 2, 2, 3]."],
];

const adam: ops.AdamParameters = { learningRate: 1e-4, beta1: 0.5, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, step: 1 };

describe('a bad argument is refused before any work', () => {
  test('with its own class and the whole story', () => {
    for (const [what, run, kind, message] of cases()) {
      const before = memory().numTensors;
      const caught = errorOf(run);
      expect(caught, what).toBeInstanceOf(kind);
      expect((caught as Error).message, what).toContain(message);
      expect((caught as MunitError).code, what).toBe(kind === ShapeError ? 'SHAPE' : 'ARGUMENT');
      // Only what the case itself made is there.
      expect(memory().numTensors - before, what).toBeLessThanOrEqual(4);
    }
  });
});

function errorOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}
