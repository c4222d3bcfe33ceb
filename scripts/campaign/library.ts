/** What campaigns call in their own process, beside the command in processes of its own: one bundle, so that nothing has to be built. */
export { loadModel, packModel, readTorch, recognizeCheckpoint, writeNetworks } from '../../packages/formats/src/index.js';
export { pickle } from '../../packages/formats/src/torch/pickle/pickle.js';
export { modelFor, tiny } from '../../packages/formats/test/models.js';
export { mutate, mutatePickle } from '../../packages/formats/test/mutate.js';
export { memory, MunitError, openDevice, readSafetensors, Rng } from '../../packages/core/src/index.js';
export { DecodePool, readListFile } from '../../packages/data/src/node/index.js';
export { parseTruth, truthOf } from '../../packages/data/src/synthetic/truth.js';
export { createNetworks, encodeCheckpoint, disposeState, initialState, parseConfig, resolveConfig } from '../../packages/train/src/index.js';
export { openRunFolder, readManifest, recordRun, runPaths, runTraining } from '../../packages/train/src/node.js';
export { configOfCheckpoint, restoreCheckpoint } from '../../packages/train/src/session/checkpoint.js';
export { storedConfig } from '../../packages/train/src/session/config.js';
export type { Model } from '../../packages/formats/src/index.js';
export { createTranslator } from '../../packages/infer/src/index.js';

/** What a JSON text may hold. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
