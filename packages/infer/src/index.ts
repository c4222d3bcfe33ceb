export type { ModelAbout } from './about.js';
export { type BlobOptions, Picture } from './images/picture.js';
export type { ImageInput, ImagePlatform } from './images/read.js';
export { type CacheEvent, type CacheKeyOptions, clearCache, isCached } from './load/cache.js';
export { loadTranslator, type LoadTranslatorOptions, type LoadTranslatorProgress } from './load/loadTranslator.js';
export { type BandsEstimate, estimateTranslation, type MemoryOptions, type TranslationEstimate } from './networks/estimate.js';
export type { GeneratorNetworks, GeneratorParams } from './networks/network.js';
export { type InterpolationMode, interpolateStyles, lerp, sampleStyles, slerp, type StyleCode } from './styles.js';
export { type FilmOptions, type FilmState, FilmTranslator, type FrameOptions } from './translator/film.js';
export { createTranslator, Translator, type TranslatorModel, type TranslatorOptions } from './translator/translator.js';
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
