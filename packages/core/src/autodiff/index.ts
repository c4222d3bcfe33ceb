export { type Recording, record } from './record.js';
export { type Backward, type BackwardContext, detached, differentiable, isRecording, type OpRecord, pullBack } from './tape.js';
export { grad, valueAndGrad, type ValueAndAux } from './valueAndGrad.js';
