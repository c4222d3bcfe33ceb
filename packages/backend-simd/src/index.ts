export { SimdError } from './errors.js';
export { disposeSimdBackend, registerSimdBackend, type SimdInfo, type SimdOptions } from './register.js';
