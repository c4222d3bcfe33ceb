export { memorySource } from './memorySource.js';
export type { ImageSource, LoadedImage } from './types.js';
