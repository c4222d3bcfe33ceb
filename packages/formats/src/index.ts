export { ModelSourceError, TorchFileError } from './errors.js';
export * from './official/index.js';
export * from './torch/index.js';
