export { hwioToOihw, nchwToNhwc, nhwcToNchw, oihwToHwio, permute, transpose2d } from './layout.js';
export { largestMagnitude, type NdArray, type NdArray64, ndArray, sizeOf, toFloat64, unravel } from './ndArray.js';
export { randomArray, type RandomOptions, uniformSource } from './random.js';
