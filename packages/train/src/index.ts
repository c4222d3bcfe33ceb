/** Training on any platform: configurations, methods, steps, the loop, and what reports on them. */
export { type PresetName, presetNames, presets } from './config/presets.js';
export { parseConfig, resolveConfig } from './config/resolve.js';
export type { TrainingConfig, TrainingConfigInput } from './config/schema.js';
export { estimateMemory, type EstimateOptions, type MemoryEstimate } from './memory/estimate.js';
export { type MemoryLimits, type MemoryPlan, planMemory } from './memory/plan.js';
export type { ContactRow, SampleEvent, SampleGrid, StepEvent, TrainEvent, TrainEventListener } from './events.js';
export { formatDuration } from './format.js';
export { type Evaluation, train, type TrainingCheckpoint, type TrainingData, type TrainOptions, type TrainResult } from './loop/train.js';
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
export type { GeneratorNetworks, Method, Networks, PerceptualNetwork, PublishedNetwork } from './methods/method.js';
export { type MethodName, methods } from './methods/methods.js';
export { createStepper, type Stepper, type StepperOptions } from './loop/stepper.js';
export { adamOf } from './optimizer/adam.js';
export { learningRates } from './optimizer/schedule.js';
export { RunHistory, type RunHistoryOptions } from './report/history/history.js';
export { type ReportAssets, type ReportOptions, renderReport } from './report/render/page.js';
export { encodeCheckpoint } from './state/checkpoint.js';
export { disposeState, type TrainState } from './state/state.js';
export { type PendingLosses, publishedTerms, readLosses } from './step/losses.js';
export type { Images, Objective, RecordedNoise, StepHooks, StepResult } from './step/objective.js';
export { type StepOptions, trainStep } from './step/step.js';
export { type ProgressMode, type ProgressOptions, progressReporter, type ProgressStream } from './telemetry/console.js';
