export * from './sampling/index.js';
export * from './sources/index.js';
