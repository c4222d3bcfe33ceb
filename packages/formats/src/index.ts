export { ModelSourceError, TorchFileError } from './errors.js';
export { sha256 } from './model/hash.js';
export { loadModel, loadModelFrom, type LoadModelOptions, type ModelSource } from './model/load.js';
export { type ModelDescription, type ModelManifest, parseManifest } from './model/manifest.js';
export { modelOf, modelOfTranslators, type TranslatorFiles } from './model/imported.js';
export { type ModelFiles, packModel } from './model/pack.js';
export { publishedNetworkFiles } from './model/published.js';
export type { HttpOptions } from './model/sources/http.js';
export type { HuggingFaceOptions } from './model/sources/huggingFace.js';
export type { FileSource, ReadOptions } from './model/sources/source.js';
export type { DomainInfo, Json, LoadProgress, Model, WeightsDtype } from './model/types.js';
export { roundToHalf } from './model/weights.js';
export { type AdamMoments, type TorchAdamState, parseAdam } from './official/adam.js';
export {
  type ArchitectureHints,
  type BicycleGanArchitecture,
  type CycleGanArchitecture,
  type Directions,
  discriminatorLayer,
  type DiscriminatorsArchitecture,
  type GeneratorsArchitecture,
  type MunitArchitecture,
  type UnitArchitecture,
} from './official/architecture.js';
export { writeNetwork, writeNetworks, writeOptimizers } from './official/export.js';
export { type FeatureWeights, type FeatureWeightsOptions, readFeatureWeights } from './official/featureWeights.js';
export { type InceptionWeights, readInceptionWeights } from './official/inceptionWeights.js';
export { checkWeights, type WeightFile, weightFiles, type WeightsCheck } from './weightFiles.js';
export { type LpipsNetwork, type Vgg16Convention } from './official/features.js';
export {
  directionsOf,
  encodesStyles,
  type GeneratorKind,
  generatorKinds,
  generatorLayer,
  generatorMethods,
  hasGenerator,
  kindOf,
  type OwnChoices,
  type OwnSize,
  type Place,
  requirePublished,
  styleDimOf,
  unpublishedOptions,
} from './official/kinds.js';
export type { GeneratorLayer } from './official/layer.js';
export { bicycleGanEncoder, bicycleGanTranslator, cycleGanTranslator } from './official/translators.js';
export { inferDiscriminator, inferGenerator } from './official/infer.js';
export { discriminatorLayout, generatorLayout, type LayoutEntry } from './official/layout.js';
export { type Matched, matchLayout } from './official/match.js';
export { type NamedAdam, nameMoments, orderMoments } from './official/named.js';
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
} from './official/recognize.js';
export { type StyleEncoderCheckpoint, type StyleEncoderShape, type TranslatorCheckpoint } from './official/single.js';
export type { TorchData, TorchDtype } from './torch/dtype.js';
export type { TorchReadOptions } from './torch/limits.js';
export { OrderedDict, PyFloat, PyTuple, type Writable } from './torch/pickle/writable.js';
export { readTorch, torchFormOf } from './torch/read.js';
export {
  float32Tensor,
  isDict,
  type Float32Tensor,
  type StateDict,
  toFloat32,
  type TorchDict,
  type TorchKey,
  TorchTensor,
  type TorchValue,
  type Weights,
} from './torch/tensor.js';
export { writeTorch } from './torch/write.js';
