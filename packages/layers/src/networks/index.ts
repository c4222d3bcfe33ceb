export { type Alexnet, alexnet, type AlexnetLayerName, type AlexnetOptions, type AlexnetParams, type AlexnetTap } from './alexnet.js';
export type { DiscriminatorArchitecture, GeneratorArchitecture, GeneratorSizes, UnitGeneratorArchitecture } from './architecture.js';
export { type ContentEncoder, contentEncoder, type ContentEncoderOptions, type ContentEncoderParams } from './contentEncoder.js';
export { type Decoder, decoder, type DecoderOptions, type DecoderParams } from './decoder.js';
export {
  type DiscriminatorParams,
  type DiscriminatorScale,
  type DiscriminatorScaleParams,
  type MultiScaleDiscriminator,
  multiScaleDiscriminator,
} from './discriminator.js';
export { type Mlp, mlp, type MlpOptions, type MlpParams } from './mlp.js';
export { type MunitGenerator, munitGenerator, type MunitGeneratorParams } from './munitGenerator.js';
export { type FeaturePreprocessing, preprocessForVgg } from './preprocess.js';
export { type StyleEncoder, styleEncoder, type StyleEncoderOptions, type StyleEncoderParams } from './styleEncoder.js';
export { type UnitGenerator, unitGenerator, type UnitGeneratorParams } from './unitGenerator.js';
export { type Vgg16, vgg16, type Vgg16Options, type VggFeatures, type VggLayerName, type VggParams, type VggTap } from './vgg16.js';
