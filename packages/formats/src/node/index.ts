export { loadModel, writeModel, type WriteModelOptions } from './model.js';
export { removeLeftovers, removeTemporaries, temporaryPath, writeFileAtomically, writeFileAtomicallySync } from './writeFiles.js';
