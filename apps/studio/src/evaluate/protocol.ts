/** What the worker that measures does. */
import type { DeviceName } from '@munit/core';
import type { PixelImage } from '@munit/images';
import type { Figure } from '@munit/metrics';

export interface EvaluationSettings {
  readonly device: DeviceName | 'auto';
  /** Translations of each input; 1 for a model without styles. */
  readonly styles: number;
  /** Of draws and intervals. */
  readonly seed: number;
}

/** `oneEach`: the model makes one translation of each image, so its diversity is 0. `tooFew`: there are too few images for distances. */
export type EvaluationNote = { readonly kind: 'oneEach' } | { readonly kind: 'tooFew'; readonly least: number; readonly real: number; readonly translations: number };

export interface EvaluationFigures {
  readonly figures: readonly Figure[];
  /** What was not measured, and why. */
  readonly notes: readonly EvaluationNote[];
  /** Mean LPIPS between the translations of each input; empty where each has one. */
  readonly diversity: readonly number[];
  /** For each translation the place of the real image nearest to it, and how far that is; empty where real images are too few. */
  readonly nearest: { readonly real: Uint32Array; readonly distances: Float64Array };
}

export interface EvaluationCalls {
  /** Once, before all others: fetches the networks. `cause`: why that failed. */
  open: { args: EvaluationSettings; result: { readonly cause: string | undefined } };
  /** All translations of one input, RGB. */
  translations: { args: readonly PixelImage[]; result: undefined };
  /** One real image of the target domain, RGB; all are of one size. */
  real: { args: PixelImage; result: undefined };
  /** Once, after all others. */
  figures: { args: undefined; result: EvaluationFigures };
}
