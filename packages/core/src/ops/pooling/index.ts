export { averagePool2d } from './averagePool2d.js';
export { globalAveragePool } from './globalAveragePool.js';
export { maxPool2d, type MaxPool2dOptions } from './maxPool2d.js';
