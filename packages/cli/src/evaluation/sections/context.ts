/** What every protocol gets. */
import type { Domain } from '@munit/core';
import type { Shard } from '@munit/infer/node';
import type { Lpips, ModeClassifier } from '@munit/metrics';
import type { TakenFeatures } from '../features.js';
import type { ImageList } from '../images.js';
import type { PartContext } from '../parts.js';
import type { EvaluateRequest } from '../request.js';
import type { ModelSubject } from '../subject.js';
import type { Translations } from '../translations.js';
import type { Section } from '../types.js';

/** Features of both sets of images, taken when they are needed. */
export interface ImageFeatures {
  translations(): Promise<TakenFeatures>;
  real(): Promise<TakenFeatures>;
}

/** A protocol in one direction: what it looks at item by item, all of them or those of a shard, and its section, which needs all. */
export interface ProtocolWork {
  measure(direction: EvaluationDirection): Promise<unknown>;
  section(direction: EvaluationDirection): Promise<Section>;
}

/** One direction of an evaluation. Whatever costs is made when it is asked for, once. */
export interface EvaluationDirection extends PartContext {
  readonly to: Domain | undefined;
  readonly translations: Translations;
  /** Real images of the target domain. */
  readonly real: ImageList | undefined;
  /** The part that is measured; undefined for all. */
  readonly shard: Shard | undefined;
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
}

/** What a file of parts of this direction is called. */
export const partName = (name: string, { to }: Pick<EvaluationDirection, 'to'>): string => `${name}${to === undefined ? '' : `-${to}`}`;

/** Says of a model without random styles that it has none; undefined for one that has, and for folders. */
export const withoutStyles = ({ model }: Pick<EvaluationDirection, 'model'>): string | undefined =>
  model?.translator.styleDim === 0 ? `This model (${model.translator.architecture.method}) has no random styles: it gives one translation of each input.` : undefined;

/** Places of the `count` smallest values, and of the largest ones, the extreme first. */
export function extremes(values: ArrayLike<number>, count: number): { readonly least: number[]; readonly most: number[] } {
  const order = Array.from({ length: values.length }, (_, i) => i).sort((a, b) => (values[a] as number) - (values[b] as number));
  return { least: order.slice(0, count), most: order.slice(-count).reverse() };
}
