export { displayBatch, type EvaluationImage, evaluationImages, type EvaluationOptions } from './sampling/evaluationImages.js';
export type { BatchesState, BatchesStats, DataNotice, DomainState, UnpairedBatch, UnpairedReader } from './sampling/types.js';
export { UnpairedBatches, type UnpairedBatchesOptions } from './sampling/unpairedBatches.js';
export { memorySource } from './sources/memorySource.js';
export type { ImageSource, LoadedImage } from './sources/types.js';
