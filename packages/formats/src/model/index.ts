export { loadModel, loadModelFrom, type LoadModelOptions, type ModelSource } from './load.js';
export { type ModelDescription, type ModelManifest, parseManifest } from './manifest.js';
export { type ModelFiles, modelOf, packModel } from './pack.js';
export type { HttpOptions } from './sources/http.js';
export type { HuggingFaceOptions } from './sources/huggingFace.js';
export type { FileSource, ReadOptions } from './sources/source.js';
export type { DomainInfo, Json, LoadProgress, Model, WeightsDtype } from './types.js';
export { roundToHalf } from './weights.js';
