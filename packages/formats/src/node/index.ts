export { loadModel, writeModel, type WriteModelOptions } from './model.js';
export { removeLeftovers, writeFileAtomically } from './writeFiles.js';
