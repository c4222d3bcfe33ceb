export { type Conversion, convertModel, type ConvertOptions, type ModelForm } from './convert.js';
export type { InterpolateFilesOptions, TranslateFilesOptions, TranslateFilesProgress, TranslateFilesResult } from './files/options.js';
export { translateFiles } from './files/translateFiles.js';
export { createTranslator, loadTranslator } from './load.js';
export { modelDigest } from './modelDigest.js';
export { FilePicture, readImage } from './picture.js';
export { TranslatorPool, type TranslatorPoolOptions } from './pool/pool.js';
export { type MergedShards, mergeShards } from './files/merge.js';
export type { Shard, ShardFailure } from './files/shards.js';
