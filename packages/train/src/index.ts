export { type PresetName, presetNames, presets } from './config/presets.js';
export { parseConfig, resolveConfig } from './config/resolve.js';
export { configSchema, type TrainingConfig, type TrainingConfigInput } from './config/schema.js';
export { evaluateSynthetic, type SyntheticEvaluationOptions } from './evaluateSynthetic.js';
export type * from './events.js';
export { reconstructionLoss, type Score, type ScoreRule } from './loop/best.js';
export { type Evaluation, train, type TrainingCheckpoint, type TrainingData, type TrainOptions, type TrainResult } from './loop/train.js';
export * from './memory/estimate.js';
export {
  createNetworks,
  createObjective,
  decodeCheckpoint,
  generatorsFromOfficial,
  initialState,
  modelArchitecture,
  modelWeights,
  officialFiles,
  publishedNetworks,
  stateFromOfficial,
  stateOf,
  termNamesOf,
} from './methods/create.js';
export type { TranslationDirection, GeneratorNetworks, Method, ModelExport, Networks, PublishedFiles, PublishedFilesOptions, PublishedFormat, PublishedNetwork, StyleNetworks } from './methods/method.js';
export { type MethodName, methods } from './methods/methods.js';
export { architecturesOf, type DomainArchitectures } from './methods/shared/architectures.js';
export { type Adam, adam, adamOf, type AdamOptions, type AdamState } from './optimizer/adam.js';
export { emaDecay, learningRates, type LearningRates, scheduleFactor, type ScheduleOptions } from './optimizer/schedule.js';
export { encodeCheckpoint, encodeState, type StateMetadata } from './state/checkpoint.js';
export { findNonFinite, type NonFinite, requireFinite } from './state/finite.js';
export { disposeState, type NetworkTrees, type OptimizerTargets, type TrainState } from './state/state.js';
export { disposeLosses, publishedTerms, readLosses } from './step/losses.js';
export type { PerceptualNetwork } from './methods/method.js';
export type { Batch, Images, Objective, RecordedNoise, StepHooks, StepNoise, StepResult, UpdateTools } from './step/objective.js';
export { type StepOptions, trainStep } from './step/step.js';
export { composeGrid, contactSheet, type ContactSheetOptions, type GridOptions } from './images/grid.js';
export { type ReportData, type ReportWarning, RunHistory, type RunHistoryOptions, type RunStatus, styleDivergence, type StyleMoment } from './report/history/history.js';
export type { ReportFacts } from './report/render/about.js';
export { type ReportAssets, type ReportOptions, renderReport } from './report/render/page.js';
export { type ProgressMode, type ProgressOptions, progressReporter, type ProgressStream } from './telemetry/console.js';
