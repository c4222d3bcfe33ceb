export { csvHeader, csvRow, type CsvTable, parseCsv, truncateCsv } from './csv.js';
export * from './tensorboard/index.js';
