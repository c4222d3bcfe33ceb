export * from './blocks/index.js';
export type { Layer, LayerActivation, Norm, ParamsOf } from './layer.js';
export * from './networks/index.js';
export { type Initializer, initializers } from './parameters/initializers.js';
export type { Fill, ParameterSpec, ParameterSpecs } from './parameters/spec.js';
export { powerIterate, stateTensors, trainable, withState } from './parameters/state.js';
export * from './official/index.js';
