import { checkInteger, checkOptions, type Domain } from '@munit/core';
import type { PixelImage } from '@munit/images';
import { keyedRng } from '../sampling/keyedRng.js';
import type { ImageSource } from '../sources/types.js';
import { renderA } from './render/renderA.js';
import { renderB } from './render/renderB.js';
import { checkSize } from './render/silhouette.js';
import { sampleContent, sampleStyle } from './sample.js';
import type { StyleOptions } from './sample.js';
import type { Content, Style } from './types.js';

/** Training or held-out images. Their contents and styles are drawn independently. */
export type Split = 'train' | 'test';

/** What determines every image of a synthetic set. */
export interface SyntheticSetOptions extends StyleOptions {
  /** Side in pixels, 16 to 4096 (made for 32 to 512). */
  readonly size: number;
  /** A whole number from 0 to 2³² − 1. */
  readonly seed: number;
}

/** The factors of one picture of A. */
export interface SampleOfA {
  /** What the outline shows. */
  readonly content: Content;
}
/** The factors of one image of B. */
export interface SampleOfB extends SampleOfA {
  /** What only B shows. */
  readonly style: Style;
}

const splitKeys: Readonly<Record<Split, number>> = { train: 0, test: 1 };

/** The i-th picture's factors of A: a function of (seed, split, i). No two domains or splits share contents. */
export function sampleA(options: SyntheticSetOptions, split: Split, index: number): SampleOfA {
  return { content: sampleContent(keyedRng(options.seed, splitKeys[split], 0, index)) };
}

/** The i-th picture's factors of B. */
export function sampleB(options: SyntheticSetOptions, split: Split, index: number): SampleOfB {
  const rng = keyedRng(options.seed, splitKeys[split], 1, index);
  return { content: sampleContent(rng), style: sampleStyle(rng, options) };
}

/** The i-th image of B for pairs: its content is that of the i-th of A, its style the one that B has at that place anyway. */
export function samplePartner(options: SyntheticSetOptions, split: Split, index: number): SampleOfB {
  return { content: sampleA(options, split, index).content, style: sampleB(options, split, index).style };
}

/** The i-th picture of a domain. */
export function renderSample(options: SyntheticSetOptions, domain: Domain, split: Split, index: number): PixelImage {
  if (domain === 'a') return renderA(sampleA(options, split, index).content, options.size);
  const { content, style } = sampleB(options, split, index);
  return renderB(content, style, options.size);
}

/** What a picture of a set is called in its folder: `00042.png`. */
export function sampleName(index: number): string {
  return `${String(index).padStart(5, '0')}.png`;
}

/**
 * `count` pictures of a domain as a source for `UnpairedBatches`, drawn when they are asked for: no files, and the same
 * pixels as `writeSyntheticSet` writes.
 * @throws ArgumentError for a size or count out of range
 */
export function syntheticSource(
  domain: Domain,
  options: SyntheticSetOptions & {
    readonly count: number;
    readonly split?: Split;
    /** Images of B show what those of A show: pairs, by their places. Default false. */
    readonly paired?: boolean;
  },
): ImageSource {
  checkOptions('syntheticSource', options, { size: true, seed: true, background: true, count: true, split: true, paired: true });
  const { count, split = 'train', paired = false } = options;
  checkSize(options.size);
  checkInteger('syntheticSource', 'count', count, 1);
  return {
    label: `synthetic ${split}${domain.toUpperCase()}`,
    names: Array.from({ length: count }, (_, i) => sampleName(i)),
    channels: 3,
    load: (index) => {
      if (!paired || domain === 'a') return Promise.resolve({ image: renderSample(options, domain, split, index) });
      const { content, style } = samplePartner(options, split, index);
      return Promise.resolve({ image: renderB(content, style, options.size) });
    },
    dispose: () => Promise.resolve(),
  };
}
