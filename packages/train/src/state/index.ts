export { encodeCheckpoint } from './checkpoint.js';
export { initialState, stateOf } from './initial.js';
export { disposeState } from './dispose.js';
export { decodeState, encodeState, type StateMetadata } from './serialize.js';
export type { TrainState } from './types.js';
