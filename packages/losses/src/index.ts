export { munitDiscriminatorTerms, munitGeneratorTerms, type MunitGeneratorTermName } from './objectives/munit.js';
export type { DiscriminatorTermName } from './objectives/shared.js';
export type {
  DiscriminatorOutputs,
  DiscriminatorWeights,
  Loss,
  LossOptions,
  MunitGeneratorOutputs,
  MunitWeights,
  PerceptualOutputs,
  Scores,
  UnitGeneratorOutputs,
  UnitWeights,
} from './objectives/types.js';
export { unitDiscriminatorTerms, unitGeneratorTerms, type UnitGeneratorTermName } from './objectives/unit.js';
export { discriminatorLoss, type GanType, ganTypes, generatorLoss } from './terms/adversarial.js';
export { perceptualLoss } from './terms/perceptual.js';
export { klLoss, reconstructionLoss } from './terms/reconstruction.js';
