/** The names of the options of each call, by which unknown ones are refused, in this thread and before they are sent to a worker. */
import type { Domain, OptionNames } from '@munit/core';
import type { InterpolateOptions, RunOptions, TranslateOptions } from './types.js';

/** Of `translate` and `decode`. */
export const translateNames: OptionNames<TranslateOptions> = { to: true, style: true, styles: true, example: true, seed: true, synchronized: true, signal: true, onProgress: true };

/** Of `interpolate`. */
export const interpolateNames: OptionNames<InterpolateOptions> = { to: true, start: true, end: true, count: true, mode: true, seed: true, signal: true, onProgress: true };

/** Of `encode`. */
export const encodeNames: OptionNames<RunOptions & { readonly from?: Domain }> = { from: true, signal: true };

/** Of `reconstruct` and `styleOf`. */
export const domainNames: OptionNames<RunOptions & { readonly domain?: Domain }> = { domain: true, signal: true };
