export { discriminatorArchitectures, generatorArchitectures } from './architecture.js';
export { createModel, type Model, sampleStyles } from './model.js';
