export { memorySource } from './memorySource.js';
export { BrokenImageError } from './types.js';
export type { ImageSource, LoadedImage } from './types.js';
