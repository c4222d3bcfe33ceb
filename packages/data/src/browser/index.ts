export { blobSource, type BlobSourceOptions } from './blobSource.js';
