export { detached, differentiable, isRecording, type OpRecord } from './tape.js';
export { grad, valueAndGrad, type ValueAndAux } from './valueAndGrad.js';
