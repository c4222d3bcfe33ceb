export { crc32c, maskedCrc32c } from './crc32c.js';
export { sessionStartEvent, summaryEvent, type SummaryValue, versionEvent } from './events.js';
export { type Histogram, histogram } from './histogram.js';
export { frameRecord } from './record.js';
