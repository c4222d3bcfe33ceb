export { checkNonFinite, checkOp, type OpCheck } from './checkOp.js';
export { checkUpdate } from './checkUpdate.js';
export { describeOp, describeUpdate, onEachDevice, requiredDevices } from './describe.js';
export { checkReferenceGradient } from './finiteDifferences.js';
export { cotangentOf, inputsOf } from './inputs.js';
export { checkSecondGradients } from './secondDerivatives.js';
export type { Arrays, ContractDevice, ContractEnvironment, Implementation, OpCase, OpContract, SecondGradients, TensorAdapter, Tensors, UpdateContract } from './types.js';
