/** The block that all of MUNIT's convolutional networks are made of (`networks.py`, `Conv2dBlock`). */
import { add, ArgumentError, type Tensor1D, type Tensor4D } from '@munit/core';
import { type Layer, type LayerActivation, layerActivations, type Norm, norms } from '../layer.js';
import { initialize, type ParameterSpecs } from '../parameters/spec.js';
import { checkKeys, checkOneOf } from '../support/options.js';
import { scoped } from '../support/scope.js';
import { applyRest, fusiblePart, isFusible, slopeSpecs } from './activations.js';
import { type Convolution, convolution, convolutionKeys, type ConvolutionOptions, type ConvolutionParams } from './convolution.js';
import { type AdaInParams, type AffineParams, affineSpecs, applyNorm } from './norms.js';

export interface ConvBlockOptions extends Omit<ConvolutionOptions, 'spectral'> {
  /** Default none. */
  readonly norm?: Norm;
  /** Default relu. */
  readonly activation?: LayerActivation;
}

export type ConvBlockParams = {
  readonly conv: ConvolutionParams;
  /** Of a layer or batch norm. */
  readonly norm?: AffineParams;
  /** Of a PReLU, [1]. */
  readonly slope?: Tensor1D;
};

export interface ConvBlockInputs {
  /** Scale and shift per sample; needed by, and only by, the norm `adain`. */
  readonly adaIn?: AdaInParams | undefined;
  /** Added to the result, [N, OH, OW, O]. */
  readonly residual?: Tensor4D | undefined;
}

export interface ConvBlock extends Layer<ConvBlockParams> {
  readonly kind: 'convBlock';
  readonly norm: Norm;
  readonly activation: LayerActivation;
  readonly convolution: Convolution;
  /** [N, H, W, inChannels] -> [N, OH, OW, outChannels] */
  apply(params: ConvBlockParams, x: Tensor4D, inputs?: ConvBlockInputs): Tensor4D;
}

/**
 * y = f(norm(conv(pad(upsample(x))) + bias)) + residual.
 * @throws ArgumentError for an unknown option or one out of range
 */
export function convBlock(options: ConvBlockOptions): ConvBlock {
  checkKeys('convBlock', options, [...convolutionKeys, 'norm', 'activation']);
  const { norm = 'none', activation = 'relu', ...rest } = options;
  checkOneOf('convBlock', 'norm', norm, norms);
  checkOneOf('convBlock', 'activation', activation, layerActivations);
  const conv = convolution({ ...rest, spectral: norm === 'sn' });
  const parameters: ParameterSpecs = {
    conv: conv.parameters,
    ...(norm === 'ln' || norm === 'bn' ? { norm: affineSpecs(norm, options.outChannels) } : {}),
    ...slopeSpecs(activation),
  };
  return {
    kind: 'convBlock',
    norm,
    activation,
    convolution: conv,
    parameters,
    init: (rng, initializer = 'kaiming') => initialize(parameters, rng, initializer) as ConvBlockParams,
    apply: (params, x, inputs = {}) => scoped(() => applyConvBlock(conv, norm, activation, params, x, inputs)),
  };
}

function applyConvBlock(
  conv: Convolution,
  norm: Norm,
  activation: LayerActivation,
  params: ConvBlockParams,
  x: Tensor4D,
  { adaIn, residual }: ConvBlockInputs,
): Tensor4D {
  if ((norm === 'adain') !== (adaIn !== undefined)) {
    throw new ArgumentError(
      norm === 'adain'
        ? "convBlock: the norm 'adain' needs a scale and a shift per sample, but none came."
        : `convBlock: the norm '${norm}' takes no AdaIN parameters, but some came.`,
      { remedy: 'Give `adaIn` to blocks with the norm `adain`, and to no others.' },
    );
  }
  const fused = fusiblePart(activation);
  const sum = (y: Tensor4D): Tensor4D => (residual === undefined ? y : add(y, residual));
  if (norm === 'none' || norm === 'sn') return sum(applyRest(activation, conv.apply(params.conv, x, fused), params.slope));
  const y = conv.apply(params.conv, x); // [N, OH, OW, O]
  if (isFusible(activation)) return applyNorm(norm, y, adaIn ?? params.norm, { activation, residual });
  return sum(applyRest(activation, applyNorm(norm, y, adaIn ?? params.norm), params.slope));
}
