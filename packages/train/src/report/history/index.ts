export {
  defaultImageBytes,
  defaultImageWidth,
  type ReportData,
  type ReportWarning,
  RunHistory,
  type RunHistoryOptions,
  type RunStatus,
  styleDivergence,
  type StyleMoment,
} from './history.js';
export { type SampleLabels, type SampleMoment, type SampleThumbnail, thinOut, thumbnail } from './samples.js';
export { SeriesHistory, type SeriesTable } from './series.js';
