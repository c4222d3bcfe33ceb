export { type ReportData, type ReportWarning, RunHistory, type RunHistoryOptions, type RunStatus, styleDivergence } from './history/index.js';
export type { ReportFacts } from './render/about.js';
export { type ReportAssets, type ReportOptions, renderReport } from './render/page.js';
