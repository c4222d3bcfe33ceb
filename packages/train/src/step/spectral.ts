/** Spectral norm's vectors from one pass of a network to the next. */
import type { Params } from '@munit/core';
import { advancePowerIteration, stateTensors } from '@munit/layers';

/** One power iteration of spectral norm; the vectors before it are freed. Without spectral norm the parameters themselves. */
export function advance<P extends Params>(params: P): P {
  const advanced = advancePowerIteration(params);
  disposeOldVectors([params], advanced);
  return advanced;
}

/** Frees the vectors of earlier passes that the latest does not have. */
export function disposeOldVectors(passed: readonly Params[], latest: Params): void {
  const kept = new Set(stateTensors(latest));
  for (const vector of new Set(passed.flatMap(stateTensors))) if (!kept.has(vector)) vector.dispose();
}
