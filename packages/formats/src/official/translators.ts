/** Generators in one piece as generators of a domain: `b`'s makes images of b from those of a, and what it decodes is the image itself. */
import { ArgumentError, type Domain, otherDomain } from '@munit/core';
import {
  type GeneratorNode,
  type GeneratorSizes,
  type LatentEncoder,
  latentEncoder,
  type LayerNode,
  type OfficialLayer,
  type ParameterSpecs,
  type Part,
  resnetGenerator,
  unetGenerator,
} from '@munit/layers';
import type { BicycleGanArchitecture, CycleGanArchitecture } from './architecture.js';
import type { GeneratorLayer } from './layer.js';

const nothing: LayerNode = { op: 'sequence', parts: [] };

/** The generator that makes images of `domain` for CycleGAN. @throws ArgumentError when there is none, or it is not possible */
export function cycleGanTranslator(architecture: CycleGanArchitecture, domain: Domain) {
  if (!makes(architecture, domain)) throw new ArgumentError(`This model has no generator of images of ${domain}.`, { remedy: 'Translate in the other direction.' });
  const { inputDim, dim, nDownsample, nRes, norm, padMode, dropout, styleDim, whereAdd } = architecture;
  const common = { inputDim: inputDim[otherDomain(domain)], outputDim: inputDim[domain], dim, nDownsample, norm, dropout, styleDim, whereAdd };
  return architecture.generator === 'resnet'
    ? resnetGenerator({ ...common, nRes, padMode })
    : unetGenerator({ ...common, activation: 'relu', upsampling: 'basic', names: 'cyclegan' });
}

/** BicycleGAN's generator of b. @throws ArgumentError when it is not possible */
export function bicycleGanTranslator({ inputDim, dim, nDownsample, norm, activation, dropout, styleDim, whereAdd, upsampling }: BicycleGanArchitecture) {
  return unetGenerator({ inputDim: inputDim.a, outputDim: inputDim.b, dim, nDownsample, norm, activation, dropout, styleDim, whereAdd, upsampling, names: 'bicyclegan' });
}

/** What a model says of its style encoder. */
type EncoderOf = Pick<BicycleGanArchitecture, 'inputDim' | 'norm' | 'styleDim' | 'encoder' | 'encoderDim' | 'encoderDownsample'>;

/** BicycleGAN's style encoder of b; undefined for a model without one. @throws ArgumentError when it is not possible */
export function bicycleGanEncoder({ inputDim, norm, styleDim, encoder, encoderDim, encoderDownsample }: EncoderOf): LatentEncoder | undefined {
  return encoder === 'none' ? undefined : latentEncoder({ inputDim: inputDim.b, styleDim, dim: encoderDim, nDownsample: encoderDownsample, kind: encoder, norm });
}

/** Whether a model has a generator of images of `domain`. */
export const makes = ({ directions }: Pick<CycleGanArchitecture, 'directions'>, domain: Domain): boolean => domain === 'b' || directions === 'both';

/** One domain's part of a model of CycleGAN. */
export function cycleGanLayer(architecture: CycleGanArchitecture, domain: Domain): GeneratorLayer {
  const sizes = cycleGanTranslator(architecture, 'b');
  return domainLayer('cycleGanGenerator', architecture.inputDim[domain], { sizes, translator: makes(architecture, domain) ? cycleGanTranslator(architecture, domain) : undefined });
}

/** One domain's part of a model of BicycleGAN, with names that begin with those of its networks: `G.`, `E.`. */
export function bicycleGanLayer(architecture: BicycleGanArchitecture, domain: Domain): GeneratorLayer {
  const translator = bicycleGanTranslator(architecture);
  const parts = domain === 'b' ? { translator, encoder: bicycleGanEncoder(architecture), named: true } : {};
  return domainLayer('bicycleGanGenerator', architecture.inputDim[domain], { sizes: translator, ...parts });
}

interface DomainParts {
  /** What images of either domain must be like. */
  readonly sizes: GeneratorSizes;
  readonly translator?: OfficialLayer | undefined;
  readonly encoder?: LatentEncoder | undefined;
  /** Whether each network has a level of its own in parameters and names. */
  readonly named?: boolean;
}

function domainLayer(kind: string, inputDim: number, { sizes, translator, encoder, named = false }: DomainParts): GeneratorLayer {
  const decoder: Part = { key: named ? 'generator' : '', name: named ? 'G' : '', node: translator?.describe() ?? nothing };
  const style: Part | undefined = encoder && { key: 'encoder', name: 'E', node: encoder.describe() };
  const contentEncoder: Part = { key: '', name: '', node: nothing };
  const node: GeneratorNode = {
    op: 'generator',
    roles: { contentEncoder, decoder, ...(style && { styleEncoder: style }) },
    registered: [decoder, ...(style === undefined ? [] : [style])],
  };
  const specs: ParameterSpecs = named ? { generator: translator?.specs ?? {}, ...(encoder && { encoder: encoder.specs }) } : (translator?.specs ?? {});
  return {
    kind,
    specs,
    init: (rng, initializer) => {
      const generator = translator?.init(rng, initializer) ?? {};
      return named ? { generator, ...(encoder && { encoder: encoder.init(rng, initializer) }) } : generator;
    },
    describe: () => node,
    architecture: { inputDim },
    sizeMultiple: sizes.sizeMultiple,
    contentMinimum: sizes.minimumSize,
    minimumSize: Math.max(sizes.minimumSize, encoder?.minimumSize ?? 1),
  };
}
