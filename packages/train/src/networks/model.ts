/** The four networks of a run, and what can be asked of the generators in evaluation. */
import { type Domain, type Params, type PerDomain, perDomain, type Rng, tensor, type Tensor2D, type Tensor4D } from '@munit/core';
import { multiScaleDiscriminator, munitGenerator, type MunitGeneratorParams, unitGenerator, type UnitGeneratorParams } from '@munit/layers';
import type { TrainingConfig } from '../config/index.js';
import { discriminatorArchitectures, generatorArchitectures } from './architecture.js';

/**
 * What a trained model does, with the generators' parameters as argument; MUNIT and UNIT alike.
 * All functions run inside a `tidy` and give tensors that the caller owns. Images are NHWC in [-1, 1].
 */
export interface Model {
  /** Length of the style codes; 0 for UNIT, which has none. */
  readonly styleDim: number;
  /** Draws fresh parameters of all networks; the caller owns them. */
  init(rng: Rng): { readonly gen: PerDomain<Params>; readonly dis: PerDomain<Params> };
  /** The content code (UNIT: the code) of an image of `domain`. */
  encodeContent(gen: PerDomain<Params>, domain: Domain, x: Tensor4D): Tensor4D;
  /** The style code [N, style_dim] of an image of `domain`. @throws nothing; undefined for UNIT */
  encodeStyle(gen: PerDomain<Params>, domain: Domain, x: Tensor4D): Tensor2D | undefined;
  /** An image of `domain` from a content code and a style code; UNIT ignores the style. */
  decode(gen: PerDomain<Params>, domain: Domain, content: Tensor4D, style: Tensor2D | undefined): Tensor4D;
}

export function createModel(config: TrainingConfig): Model {
  const dis = perDomain((d) => multiScaleDiscriminator(discriminatorArchitectures(config)[d]));
  const architectures = generatorArchitectures(config);
  const initDis = (rng: Rng): PerDomain<Params> => ({ a: dis.a.init(rng, 'gaussian'), b: dis.b.init(rng, 'gaussian') });
  if (config.trainer === 'UNIT') {
    const gen = perDomain((d) => unitGenerator(architectures[d]));
    return {
      styleDim: 0,
      init: (rng) => ({ gen: { a: gen.a.init(rng, config.init), b: gen.b.init(rng, config.init) }, dis: initDis(rng) }),
      encodeContent: (params, domain, x) => gen[domain].encode(params[domain] as UnitGeneratorParams, x),
      encodeStyle: () => undefined,
      decode: (params, domain, content) => gen[domain].decode(params[domain] as UnitGeneratorParams, content),
    };
  }
  const gen = perDomain((d) => munitGenerator(architectures[d]));
  return {
    styleDim: config.gen.style_dim,
    init: (rng) => ({ gen: { a: gen.a.init(rng, config.init), b: gen.b.init(rng, config.init) }, dis: initDis(rng) }),
    encodeContent: (params, domain, x) => gen[domain].encodeContent(params[domain] as MunitGeneratorParams, x),
    encodeStyle: (params, domain, x) => gen[domain].encodeStyle(params[domain] as MunitGeneratorParams, x),
    decode: (params, domain, content, style) => gen[domain].decode(params[domain] as MunitGeneratorParams, content, style as Tensor2D),
  };
}

/** `count` style codes from N(0, I), [count, styleDim]. The caller owns the tensor. */
export function sampleStyles(rng: Rng, count: number, styleDim: number): Tensor2D {
  return tensor(rng.normals(count * styleDim), [count, styleDim]) as Tensor2D;
}
