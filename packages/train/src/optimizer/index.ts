export { adam, type AdamOptions, type AdamState, type Optimizer } from './adam.js';
export { scheduleFactor } from './schedule.js';
