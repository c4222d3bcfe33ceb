export { type PresetName, presetNames, presets } from './presets.js';
export { parseConfig, resolveConfig } from './resolve.js';
export { configSchema, type TrainingConfig, type TrainingConfigInput } from './schema.js';
