export { toChannels, whiteBackground } from './channels.js';
export { fromBatch, normalize, toBatch, toByte, writeNormalized } from './floats.js';
export { centerCrop, crop, flipHorizontally, sizeOf, splitPair } from './geometry.js';
export { lumaOf } from './kernels/channels.js';
export type { RawPixels } from './kernels/channels.js';
export type { PairSide, Size } from './kernels/crop.js';
export type { Channels, ImageBatch, PixelImage, Rgb } from './types.js';
