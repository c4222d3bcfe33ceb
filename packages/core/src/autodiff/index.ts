export { differentiable, isRecording, type OpRecord } from './tape.js';
export { grad, valueAndGrad } from './valueAndGrad.js';
