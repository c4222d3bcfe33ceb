export { checkSize, lumaOf, toChannels, whiteBackground } from './channels.js';
export { centerCrop, crop, flipHorizontally, type PairSide, splitPair, squareOrSize } from './crop.js';
export { BrokenImageError, checkPixels, MAX_PIXELS } from './errors.js';
export { FILE_KIND_BYTES, type FileKind, fileKindOf, type ImageFormat } from './fileKind.js';
export { fromBatch, toBatch, toByte, toBytes, toFloatImage, toNetworkRange, withChannels, writeCropInNetworkRange, writeInNetworkRange } from './floats.js';
export { resizeBilinear, resizeShorterSide, shorterSideSize } from './resize.js';
export type { Channels, FloatImage, ImageBatch, PixelImage, RawPixels, Rgb, Size } from './types.js';
export { evenSized, rgbOfYuv, yuv420OfPixels, type YuvImage, type YuvMatrix, type YuvPlane } from './yuv.js';
