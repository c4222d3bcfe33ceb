/** Training in a run folder, in Node.js: the run itself, its checkpoints as files, its record, and models made of it. */
export { type CheckpointPolicy, type Checkpoints, openCheckpoints } from './run/checkpoints.js';
export { escapeHtml, html, type Html, type HtmlValue, raw } from './report/html.js';
export { openRunFolder, type OpenRunOptions, type RunFolder } from './run/folder.js';
export { readManifest, type RunManifest } from './run/manifest.js';
export { type RunPaths, runPaths } from './run/paths.js';
export { imagesOfRun, type RunImages } from './session/node/runImages.js';
export { evaluateRun, type EvaluateRunOptions, figuresOfRun, judgeRun, type RunEvaluation, type RunJudgements } from './session/node/evaluate.js';
export { type CheckpointName, exportModel, type ExportModelOptions, modelOfRun, type RunModelOptions } from './session/node/model.js';
export { checkPlaces } from './session/node/places.js';
export { configOfRun, type RunOutcome, runTraining, type RunTrainingOptions } from './session/node/runTraining.js';
export { type DescribedNetwork, describedNetworks } from './session/torch/description.js';
export { type ExportedRun, exportRun, type ExportRunOptions } from './session/torch/exportRun.js';
export { type ImportedRun, importRun, type ImportRunOptions } from './session/torch/importRun.js';
export type { OtherImages } from './session/ports.js';
export { recordRun, type RecordOptions, type RunRecorder } from './telemetry/recorder.js';
