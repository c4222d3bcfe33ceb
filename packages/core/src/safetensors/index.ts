export { readSafetensors, type Safetensors, type StoredTensor } from './read.js';
export { writeSafetensors, type WriteEntry } from './write.js';
export { type SafetensorsDtype, toFloat32 } from './dtypes.js';
export { fromHalves, toHalves } from './half.js';
