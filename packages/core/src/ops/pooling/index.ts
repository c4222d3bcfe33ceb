export { averagePool2d, averagePool2dBy, type AveragePoolKernels } from './averagePool2d.js';
export { globalAveragePool } from './globalAveragePool.js';
export { maxPool2d } from './maxPool2d.js';
