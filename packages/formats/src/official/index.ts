export { type AdamMoments, type AdamState, parseAdam } from './adam.js';
export {
  type ArchitectureHints,
  discriminatorLayer,
  type DiscriminatorsArchitecture,
  type GeneratorsArchitecture,
  type MunitArchitecture,
  type UnitArchitecture,
} from './architecture.js';
export { writeNetworks, writeOptimizers } from './export.js';
export { type FeatureWeights, type FeatureWeightsOptions, readFeatureWeights } from './featureWeights.js';
export { type LpipsNetwork, type Vgg16Convention } from './features.js';
export { type GeneratorKind, type GeneratorLayer, generatorKinds, generatorLayer, generatorMethods, kindOf, type OwnSize, type Place, styleDimOf } from './kinds.js';
export { inferDiscriminator, inferGenerator } from './infer.js';
export { discriminatorLayout, generatorLayout, type LayoutEntry } from './layout.js';
export { type Matched, matchLayout } from './match.js';
export { type NamedAdam, nameMoments, orderMoments } from './named.js';
export {
  type AlexnetCheckpoint,
  type Checkpoint,
  type DiscriminatorCheckpoint,
  type GeneratorCheckpoint,
  type LpipsCheckpoint,
  type OptimizerCheckpoint,
  type OtherCheckpoint,
  readCheckpoint,
  recognizeCheckpoint,
  type Vgg16Checkpoint,
} from './recognize.js';
