export type { ModelAbout } from './about.js';
export { type BlobOptions, Picture } from './images/picture.js';
export type { ImageInput, ImagePlatform } from './images/read.js';
export { type CacheEvent, type CacheKeyOptions, clearCache, isCached } from './load/cache.js';
export type { LoadTranslatorOptions, LoadTranslatorProgress } from './load/loadOptions.js';
export { loadTranslator } from './load/loadTranslator.js';
export type { BandsEstimate, MemoryOptions, TranslationEstimate } from './networks/estimate.js';
export { estimateTranslation } from './networks/generators.js';
export type { GeneratorNetworks, GeneratorParams } from './networks/network.js';
export { type InterpolationMode, interpolateStyles, lerp, sampleStyles, slerp, type StyleCode } from './styles.js';
export { type FilmOptions, type FilmState, FilmTranslator, type FrameOptions } from './translator/film.js';
export { createTranslator, Translator, type TranslatorModel } from './translator/translator.js';
export type { TranslatorOptions } from './translator/translatorOptions.js';
export type {
  ContentCode,
  InterpolateOptions,
  ManyStyles,
  OneStyle,
  ProgressOptions,
  RunOptions,
  TranslateOptions,
  TranslateProgress,
  TranslatorApi,
  TranslatorInfo,
  TranslatorMemory,
} from './translator/types.js';
