/** What a run is made of, wherever it runs: shared by `session` (Node) and `browser`. */
export { judgeOnBenchmark } from './benchmark.js';
export { checkpointFault, configOfCheckpoint } from './checkpoint.js';
export { type BatchesOptions, builtInSet, displayOf, type OpenedData, openSynthetic, type RunData, type Sampling, samplingOf, shorterSide } from './data.js';
export { requireMemory } from './memory.js';
export { type AboutModel, type Metrics, modelOf } from './model.js';
export { describeNotice, Notices } from './notices.js';
export { resumedConfig, storedConfig } from './resume.js';
export { type Restored, stateOfCheckpoint } from './state.js';
