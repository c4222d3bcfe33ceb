/** What every protocol gets. */
import type { Domain } from '@munit/core';
import type { Lpips, ModeClassifier } from '@munit/metrics';
import type { TakenFeatures } from '../features.js';
import type { ImageList } from '../images.js';
import type { EvaluateRequest } from '../request.js';
import type { ModelSubject } from '../subject.js';
import type { Progress, Translations } from '../translations.js';

/** Features of both sets of images, taken when they are needed. */
export interface ImageFeatures {
  translations(): Promise<TakenFeatures>;
  real(): Promise<TakenFeatures>;
}

/** One direction of an evaluation. Whatever costs is made when it is asked for, once. */
export interface EvaluationDirection {
  readonly to: Domain | undefined;
  readonly translations: Translations;
  /** Real images of the target domain. */
  readonly real: ImageList | undefined;
  /** Of the network that distances compare. */
  readonly features: ImageFeatures;
  /** Of the network whose features the classifier reads. */
  readonly modeFeatures: ImageFeatures;
  readonly network: string;
  readonly classifier: ModeClassifier | undefined;
  readonly lpips: () => Promise<readonly Lpips[]>;
  /** Of a model: to run it on more than its translations. */
  readonly model: ModelSubject | undefined;
  readonly request: EvaluateRequest;
  readonly signal: AbortSignal;
  readonly onProgress: Progress;
}

/** Says of a model without random styles that it has none; undefined for one that has, and for folders. */
export const withoutStyles = ({ model }: Pick<EvaluationDirection, 'model'>): string | undefined =>
  model?.translator.styleDim === 0 ? `This model (${model.translator.architecture.method}) has no random styles: it gives one translation of each input.` : undefined;

/** Places of the `count` smallest values, and of the largest ones, the extreme first. */
export function extremes(values: ArrayLike<number>, count: number): { readonly least: number[]; readonly most: number[] } {
  const order = Array.from({ length: values.length }, (_, i) => i).sort((a, b) => (values[a] as number) - (values[b] as number));
  return { least: order.slice(0, count), most: order.slice(-count).reverse() };
}
