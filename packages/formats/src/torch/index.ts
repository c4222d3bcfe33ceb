export type { TorchData, TorchDtype } from './dtype.js';
export type { TorchReadOptions } from './limits.js';
export { OrderedDict, PyFloat, PyTuple, type Writable } from './pickle/writable.js';
export { readTorch, torchFormOf } from './read.js';
export {
  float32Tensor,
  isDict,
  type Float32Tensor,
  type StateDict,
  toFloat32,
  type TorchDict,
  type TorchKey,
  TorchTensor,
  type TorchValue,
  type Weights,
} from './tensor.js';
export { writeTorch } from './write.js';
