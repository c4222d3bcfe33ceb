export { type Backward, type BackwardContext, detached, differentiable, grad, isRecording, type OpRecord, record, type Recording, valueAndGrad, type ValueAndAux } from './autodiff/index.js';
export * from './devices/index.js';
export * from './errors/index.js';
export * from './ops/index.js';
export * from './rng/index.js';
export * from './safetensors/index.js';
export { type SelfTest, selfTest } from './selfTest/index.js';
export { keep, memory, type Scalar, scalar, type Tensor, type Tensor1D, type Tensor2D, type Tensor4D, tensor, tidy, tidyTree } from './tfjs.js';
export * from './tree/index.js';
