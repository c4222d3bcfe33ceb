export { fmix32, formulaWeights, type VggLayerWeights, vggFormulaWeights } from './formulaWeights.js';
export { type LayerCase, layerTolerance, readLayerCases, translationTolerance } from './layers.js';
export type { ParsedTensors, Settings } from './parsed.js';
export { type Float32Error, readTrainingRun, type TrainingRun, type TrainingStep } from './training.js';
export { changeErrors, firstGradientErrors, judgeTrainingRun, lossesError, type OurRun, trainingTolerance, type Verdict } from './trainingErrors.js';
