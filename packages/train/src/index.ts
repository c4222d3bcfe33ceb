export * from './config/index.js';
export * from './evaluate/index.js';
export type * from './events.js';
export * from './loop/index.js';
export * from './memory/estimate.js';
export * from './networks/index.js';
export * from './optimizer/index.js';
export * from './state/index.js';
export * from './step/index.js';
