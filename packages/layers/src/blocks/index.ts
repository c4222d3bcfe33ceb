export { convBlock, type ConvBlock, type ConvBlockInputs, type ConvBlockOptions, type ConvBlockParams } from './convBlock.js';
export {
  convolution,
  type Convolution,
  type ConvolutionOptions,
  type ConvolutionParams,
  type DenseParams,
  type SpectralParams,
} from './convolution.js';
export { linearBlock, type LinearBlock, type LinearBlockOptions, type LinearBlockParams, type LinearNorm } from './linearBlock.js';
export {
  adaInAt,
  type AdaInParams,
  type AdaptiveInstanceNorm,
  adaptiveInstanceNorm,
  type AffineParams,
  type LayerNorm,
  layerNorm,
} from './norms.js';
export { residualBlock, type ResidualBlock, type ResidualBlockOptions, type ResidualBlockParams } from './residualBlock.js';
