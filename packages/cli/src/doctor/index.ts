/** `munit doctor`: what this machine can compute on, whether it does so rightly, and what would help. */
export { isIll } from './advice.js';
export { describe } from './describe.js';
export { deviceNames, tryDevice } from './devices.js';
export { examine } from './examine.js';
export { machineProbes, type Probes } from './probes.js';
