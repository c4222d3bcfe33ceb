export { loadModel, writeModel, type WriteModelOptions } from './model.js';
export { identityOf, isInside, realPlace } from './places.js';
export { removeLeftovers, removeTemporaries, temporaryPath, writeFileAtomically, writeFileAtomicallySync, writeNewFolder } from './writeFiles.js';
