export { loadReportAssets } from './assets.js';
export { recordRun, type RecordOptions, type RunRecorder } from './recorder.js';
