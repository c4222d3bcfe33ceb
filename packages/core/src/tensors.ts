/** Tensors and their values, without devices and ops: for code that a page fetches only when it has tensors. */
export { readTensor } from './devices/readTensor.js';
export { type Tensor, type Tensor4D, tensor } from './tfjs.js';
