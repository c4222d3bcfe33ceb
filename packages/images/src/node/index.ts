export { decodeImage, type DecodedImage, type DecodeImageOptions } from './decodeImage.js';
export { encodeImage, type ImageType, imageTypeOf } from './encodeImage.js';
export { loadSharp, type Sharp } from './sharp.js';
