/** Running a feature network up to its deepest tap, and keeping the maps that are asked for. */
import { ArgumentError, isRecording, type Tensor4D } from '@munit/core';
import { scoped } from '../support/scope.js';

/** A convolution with its relu, whose output is a map, and the pooling behind it. */
export interface FeatureStep {
  readonly tap: string;
  readonly apply: (x: Tensor4D) => Tensor4D;
  readonly pool: ((x: Tensor4D) => Tensor4D) | undefined;
}

/** The steps up to the deepest of `taps`. @throws ArgumentError for a tap that no step has */
export function stepsFor(where: string, steps: readonly FeatureStep[], taps: readonly string[]): readonly FeatureStep[] {
  const places = taps.map((tap) => steps.findIndex((step) => step.tap === tap));
  const unknown = taps.filter((_, i) => (places[i] as number) < 0);
  if (unknown.length > 0 || taps.length === 0) {
    throw new ArgumentError(`${where}: ${taps.length === 0 ? 'at least one map must be named' : `there is no map '${unknown.join("', '")}'`}.`, {
      remedy: `Known are ${steps.map(({ tap }) => tap).join(', ')}.`,
    });
  }
  return steps.slice(0, Math.max(...places) + 1);
}

/** The maps called `taps`, in that order; each other map is freed once the next is there. */
export function runFeatures(prepare: (x: Tensor4D) => Tensor4D, steps: readonly FeatureStep[], x: Tensor4D, taps: readonly string[]): Tensor4D[] {
  return scoped(() => {
    const found = new Map<string, Tensor4D>();
    let current = prepare(x);
    const advance = (next: Tensor4D): void => {
      if (current !== x && current !== next && ![...found.values()].includes(current) && !isRecording()) current.dispose();
      current = next;
    };
    steps.forEach(({ tap, apply, pool }, i) => {
      advance(apply(current));
      if (taps.includes(tap)) found.set(tap, current);
      if (pool !== undefined && i < steps.length - 1) advance(pool(current));
    });
    return taps.map((tap) => found.get(tap) as Tensor4D);
  });
}
