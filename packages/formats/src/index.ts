export { ModelSourceError, TorchFileError } from './errors.js';
export * from './model/index.js';
export * from './official/index.js';
export * from './torch/index.js';
