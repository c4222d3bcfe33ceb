/** The order of the work: the styles of each image, and the pauses in which others have their turn. */
import { AbortedError, ArgumentError } from '@munit/core';
import { checkCount, checkStyle, freshSeed, sampleStyles } from '../styles.js';
import type { TranslateOptions } from './types.js';

/** @throws ArgumentError when two ways to give a style are used at once, or any for UNIT */
export function checkStyleOptions(options: Pick<TranslateOptions, 'style' | 'styles' | 'example'>, styleDim: number): void {
  const given = (['style', 'styles', 'example'] as const).filter((name) => options[name] !== undefined);
  if (styleDim === 0 && given.length > 0) {
    throw new ArgumentError(`'${given.join("', '")}' was given, but this model has no styles: it gives one picture per image.`, {
      remedy: 'Leave it out, or use a MUNIT model.',
    });
  }
  if (given.length > 1) throw new ArgumentError(`'${given.join("' and '")}' were given together.`, { remedy: 'Give one of them.' });
}

/**
 * The styles of each of `images` images; one undefined style for UNIT.
 * Random ones are drawn from one sequence, image after image, so that the first image has the same ones alone and among others.
 * @param example the style of `options.example`
 */
export function planStyles(options: TranslateOptions, styleDim: number, images: number, example: Float32Array | undefined): (Float32Array | undefined)[][] {
  const forAll = <T>(styles: T[]): T[][] => Array.from({ length: images }, () => styles);
  if (styleDim === 0) return forAll([undefined]);
  if (example !== undefined) return forAll([example]);
  if (options.style !== undefined) return forAll([checkStyle(options.style, styleDim)]);
  const { styles = 1, seed = freshSeed() } = options;
  if (typeof styles !== 'number') {
    if (styles.length === 0) throw new ArgumentError("'styles' is empty.", { remedy: 'Give at least one style code, or their number.' });
    return forAll(styles.map((style) => checkStyle(style, styleDim)));
  }
  const count = checkCount('styles', styles);
  if (options.synchronized === true) return forAll(sampleStyles(styleDim, count, seed));
  if (images === 0) return [];
  const all = sampleStyles(styleDim, count * images, seed);
  return Array.from({ length: images }, (_, i) => all.slice(i * count, (i + 1) * count));
}

/** @throws AbortedError when the signal is aborted */
export function checkAborted(signal: AbortSignal | undefined, what: string): void {
  if (signal?.aborted === true) throw new AbortedError(`${what} was aborted.`, { cause: signal.reason });
}

/** Work without pause longer than this is felt in a page. */
const SLICE_MS = 16;

/**
 * A function to await between pieces of work: now and then it lets the event loop turn, so that a page draws, and messages and aborts
 * arrive. On CPUs results are there at once, and awaiting them lets nothing else run.
 */
export function createEventLoopYield(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < SLICE_MS) return;
    await new Promise<void>((resolve) => {
      setTimeout(resolve, 0);
    });
    last = performance.now();
  };
}
