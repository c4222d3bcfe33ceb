export { blobSource } from './blobSource.js';
export { decodeBlob, pixelsOf } from './decodeBlob.js';
export type { DecodeBlobOptions } from './decodeBlob.js';
