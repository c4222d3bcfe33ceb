export * from './arrays/index.js';
export * from './compare/index.js';
export * from './reference/index.js';
