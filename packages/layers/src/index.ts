export { convBlock, type BlockNames, type ConvBlock, type ConvBlockOptions, type ConvBlockParams } from './blocks/convBlock.js';
export { type Convolution, convolution, type ConvolutionOptions } from './blocks/convolution.js';
export { type UpBlock, upBlock, type UpBlockOptions, type Upsampling } from './blocks/upBlock.js';
export { type LinearBlock, linearBlock, type LinearBlockOptions, type LinearBlockParams, type LinearNorm } from './blocks/linearBlock.js';
export { type AdaptiveInstanceNorm, adaptiveInstanceNorm, type AffineParams, type BatchNorm, batchNorm, type LayerNorm, layerNorm } from './blocks/norms.js';
export { type ResidualBlock, residualBlock, type ResidualBlockOptions, type ResidualBlockParams } from './blocks/residualBlock.js';
export { type TransposedConvolution, transposedConvolution, type TransposedConvolutionOptions } from './blocks/transposedConvolution.js';
export type {
  ActivationNode,
  AppendCodeNode,
  BlurPoolNode,
  BranchesNode,
  ColoursNode,
  ConvolutionNode,
  DenseNode,
  DropoutNode,
  FlattenNode,
  GeneratorNode,
  GeneratorRole,
  GlobalPoolNode,
  LayerNode,
  NormNode,
  OpNode,
  PadNode,
  Part,
  PoolNode,
  ResidualNode,
  ScalesNode,
  SequenceNode,
  StatisticsNorm,
  TransposedConvolutionNode,
  UpsampleNode,
  WeightNode,
} from './describe/nodes.js';
export { codeChannels, identityPart, isIdentity, join as joinPath, partsOf, styleColumns } from './describe/nodes.js';
export { paramsAt, type RunInputs, type Runner, runnerOf } from './describe/run.js';
export { type BranchesStep, type OpStep, type Placed, type ResidualStep, segmentsOf, sequenceOf, type Step, stepsOf, type WeightedStep } from './describe/steps.js';
export { convolvedSize, type MapSize, outputSize, pooledSize, trace, type TracedStep, traceSteps, valuesOf } from './describe/trace.js';
export type { Layer } from './layer.js';
export type { LayerActivation, Norm } from './names.js';
export type { ParamsOf, SpecsOf } from './parameters/spec.js';
export { type Alexnet, alexnet, type AlexnetLayerName, type AlexnetOptions, type AlexnetParams, type AlexnetTap } from './networks/alexnet.js';
export type { DiscriminatorArchitecture, GeneratorArchitecture, GeneratorSizes, ImageOutput, UnitGeneratorArchitecture, UpNorm } from './networks/architecture.js';
export { type ContentEncoder, contentEncoder, type ContentEncoderOptions, type ContentEncoderParams } from './networks/contentEncoder.js';
export { type Decoder, decoder, type DecoderOptions, type DecoderParams } from './networks/decoder.js';
export { type DiscriminatorParams, type DiscriminatorScaleParams, type MultiScaleDiscriminator, multiScaleDiscriminator } from './networks/discriminator.js';
export type { GlobalBlockParams, GlobalDiscriminatorParams } from './networks/globalDiscriminator.js';
export type { ImageTranslator, StyleInput, WhereAdd } from './networks/imageTranslator.js';
export { type LatentBlockParams, type LatentEncoder, latentEncoder, type LatentEncoderOptions, type LatentEncoderParams } from './networks/latentEncoder.js';
export { type InceptionOptions, type InceptionV3, inceptionV3, type InceptionVariant } from './networks/inception.js';
export { type Mlp, mlp, type MlpOptions, type MlpParams } from './networks/mlp.js';
export { type MunitGenerator, munitGenerator, type MunitGeneratorParams } from './networks/munitGenerator.js';
export { type PatchDiscriminator, patchDiscriminator, type PatchDiscriminatorArchitecture, type PatchNorm } from './networks/patchDiscriminator.js';
export { type FeaturePreprocessing, preprocessForVgg } from './networks/preprocess.js';
export { type ResnetGenerator, resnetGenerator, type ResnetGeneratorOptions, type ResnetGeneratorParams } from './networks/resnetGenerator.js';
export { type Squeezenet, squeezenet, type SqueezenetOptions, type SqueezenetTap } from './networks/squeezenet.js';
export { type StyleEncoder, styleEncoder, type StyleEncoderOptions, type StyleEncoderParams } from './networks/styleEncoder.js';
export { type UnetGenerator, unetGenerator, type UnetGeneratorOptions, type UnetLevelParams } from './networks/unetGenerator.js';
export { type UnitGenerator, unitGenerator, type UnitGeneratorParams } from './networks/unitGenerator.js';
export { type Vgg16, vgg16, type Vgg16Options, type VggFeatures, type VggLayerName, type VggParams, type VggTap } from './networks/vgg16.js';
export { discriminatorFromOfficial, generatorFromOfficial, unitGeneratorFromOfficial } from './official/architecture.js';
export { layerFromCase, type LayerFromCase } from './official/cases.js';
export { type OfficialBuffer, officialEntries, type OfficialEntry, type OfficialLayer, type OfficialParameter } from './official/entries.js';
export { foldBatchNorms } from './official/foldBatchNorms.js';
export { fromOfficialActivation, fromOfficialLayout, type Layout, officialShape, type OfficialTensor, toOfficialActivation, toOfficialLayout } from './official/layout.js';
export {
  countParameters,
  fromOfficial,
  fromOfficialArrays,
  type FromOfficialArraysOptions,
  type FromOfficialOptions,
  officialParameters,
  toOfficial,
  toOfficialArrays,
} from './official/map.js';
export { type Initializer, initializers } from './parameters/initializers.js';
export type { Fill, ParameterSpec, ParameterSpecs } from './parameters/spec.js';
export { disposeMoving, type MovingStatistics } from './parameters/moving.js';
export { type RunningUpdates, withRunningStatistics } from './parameters/running.js';
export { advancePowerIteration, stateTensors, trainable, withoutSpectralNorm, withState } from './parameters/state.js';
export type { ConvolutionParams, DenseParams, SpectralParams, Weighted } from './parameters/weighted.js';
