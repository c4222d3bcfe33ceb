export { formatBytes, formatDuration, formatMilliseconds, formatNumber } from './format.js';
export { eventToJson, type ProgressMode, type ProgressOptions, progressReporter, type ProgressStream } from './reporter.js';
export { describeEvent, shortTerm, summarizeStep } from './summary.js';
