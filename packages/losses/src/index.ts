export {
  bicycleGanDiscriminatorLoss,
  bicycleGanLoss,
  type BicycleGanOutputs,
  bicycleGanStyleTerm,
  bicycleGanTermNames,
  type BicycleGanWeights,
  type JudgedPair,
} from './bicyclegan.js';
export { cycleGanDiscriminatorLoss, cycleGanGeneratorLoss, type CycleGanGeneratorOutputs, cycleGanTermNames, type CycleGanWeights } from './cyclegan.js';
export {
  adversarialTerms,
  discriminatorLoss,
  type DiscriminatorOutputs,
  type DiscriminatorWeights,
  generatorTerms,
  type LossOptions,
  namesPerDomain,
  type PerceptualOutputs,
  perceptualTerms,
  reconstructionTerms,
  type Scores,
} from './domainTerms.js';
export { checkWeights, type Loss, type LossTerm, type NamedTerm, required, type Side, type TermId, type TermKind, termName, type TermNames, weightedLoss } from './loss.js';
export { munitGeneratorLoss, type MunitGeneratorOutputs, munitTermNames, type MunitWeights } from './munit.js';
export { adversarialDiscriminatorTerm, adversarialGeneratorTerm, type GanType, gaussianKlTerm, ganTypes, klTerm, perceptualTerm, reconstructionTerm } from './terms.js';
export { consistencyTerm, gradientPenaltyTerm, modeSeekingTerm, stylePriorTerm } from './regularisers.js';
export { unitGeneratorLoss, type UnitGeneratorOutputs, unitTermNames, type UnitWeights } from './unit.js';
