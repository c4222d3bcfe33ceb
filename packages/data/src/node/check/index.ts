export { checkData } from './checkData.js';
export type { CheckDataOptions } from './checkData.js';
export { formatReport } from './formatReport.js';
export type { DataProblem, DataReport, DomainReport, NamedReason, Range } from './types.js';
