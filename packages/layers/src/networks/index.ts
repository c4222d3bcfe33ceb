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
export { type StyleEncoder, styleEncoder, type StyleEncoderOptions, type StyleEncoderParams } from './styleEncoder.js';
export { type UnitGenerator, unitGenerator, type UnitGeneratorParams } from './unitGenerator.js';
export { preprocessForVgg, type Vgg16, vgg16, type VggFeatures, type VggLayerName, type VggParams } from './vgg16.js';
