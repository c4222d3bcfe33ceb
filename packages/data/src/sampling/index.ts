export { displayBatch, evaluationImages } from './evaluationImages.js';
export type { EvaluationImage, EvaluationOptions } from './evaluationImages.js';
export type { BatchesState, BatchesStats, DataNotice, DomainState, UnpairedBatch, UnpairedReader } from './types.js';
export { UnpairedBatches } from './unpairedBatches.js';
export type { UnpairedBatchesOptions } from './unpairedBatches.js';
