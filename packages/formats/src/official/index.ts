export { type AdamMoments, type AdamState, parseAdam } from './adam.js';
export {
  type ArchitectureHints,
  discriminatorLayer,
  type DiscriminatorsArchitecture,
  type GeneratorLayer,
  generatorLayer,
  type GeneratorsArchitecture,
  type MunitArchitecture,
  styleDimOf,
  type UnitArchitecture,
} from './architecture.js';
export { writeNetworks, writeOptimizers } from './export.js';
export { type FeatureWeights, type FeatureWeightsOptions, readFeatureWeights } from './featureWeights.js';
export { type LpipsNetwork, type Vgg16Convention, VGG16_CONVOLUTIONS } from './features.js';
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
