export * from './image/index.js';
export * from './resample/index.js';
export * from './sampling/index.js';
export * from './sources/index.js';
