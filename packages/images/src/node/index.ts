export { decodeImage, type DecodedImage, type DecodeImageOptions, SAVE_AGAIN, tooLong } from './decodeImage.js';
export { encodeImage, type ImageType, imageTypeOf } from './encodeImage.js';
export { codeOf, ioError } from './ioError.js';
export { type FolderListing, imageExtensions, listImages, notAFolder, type UnusableEntry } from './listImages.js';
export { kindOfFileAt, NOT_UTF8, readImageFile, unusableImage } from './readImageFile.js';
export { loadSharp, type Sharp } from './sharp.js';
