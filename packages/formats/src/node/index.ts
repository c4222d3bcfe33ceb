export { loadModel, writeModel, type WriteModelOptions } from './model.js';
export { writeFileAtomically } from './writeFiles.js';
