/** What a model says of itself besides its structure. */
import type { Model } from '@munit/formats';

/** How a model was trained, what it scores and its licence, as its manifest has them; what it does not say is absent. */
export type ModelAbout = Pick<Model, 'training' | 'metrics' | 'license'>;

/** These facts of a model, without its weights. */
export function aboutOf({ training, metrics, license }: Partial<ModelAbout>): ModelAbout {
  return {
    ...(training === undefined ? {} : { training }),
    ...(metrics === undefined ? {} : { metrics }),
    ...(license === undefined ? {} : { license }),
  };
}

function valueAt(value: unknown, ...names: string[]): unknown {
  return names.reduce<unknown>((inner, name) => (typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[name] : undefined), value);
}

/**
 * The side in pixels of the images that the networks saw in training: `crop_image_height`, or else `new_size`, of the configuration in
 * `training`. Undefined for a model that does not say.
 */
export function trainedSizeOf({ training }: ModelAbout): number | undefined {
  const size = valueAt(training, 'config', 'crop_image_height') ?? valueAt(training, 'config', 'new_size');
  return typeof size === 'number' && Number.isInteger(size) && size > 0 ? size : undefined;
}
