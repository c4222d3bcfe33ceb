/** Whether two contestants did the same work. */

/** Largest absolute difference of a pixel, in [-1, 1]. */
export const imageTolerance = 1e-3;
/** Largest relative difference of a loss of the first step. */
export const lossTolerance = 1e-3;

export type Losses = Readonly<Record<string, number>>;

/** Thrown when results differ: a time for other work means nothing. */
export class Disagreement extends Error {}

/**
 * The largest absolute difference of two images.
 * @throws Disagreement when it is above the tolerance, not a number, or the sizes differ
 */
export function checkImages(what: string, ours: Float32Array, theirs: Float32Array, tolerance = imageTolerance): number {
  if (ours.length !== theirs.length || ours.length === 0) throw new Disagreement(`${what}: our image has ${ours.length} values, the peer's ${theirs.length}.`);
  let largest = 0;
  for (let i = 0; i < ours.length; i++) {
    const difference = Math.abs((ours[i] as number) - (theirs[i] as number));
    // A NaN is never the largest by comparison.
    if (!(difference <= largest)) largest = difference;
    if (Number.isNaN(largest)) break;
  }
  if (!(largest <= tolerance)) throw new Disagreement(`${what}: the images differ by ${largest.toExponential(1)}; ${tolerance} is allowed.`);
  return largest;
}

/**
 * The largest relative difference of the losses of one step.
 * @throws Disagreement when one is above the tolerance, not finite, or missing on one side
 */
export function checkLosses(what: string, ours: Losses, theirs: Losses): number {
  const [named, other] = [Object.keys(ours).sort().join(', '), Object.keys(theirs).sort().join(', ')];
  if (named !== other) throw new Disagreement(`${what}: our losses are ${named}; the peer's are ${other}.`);
  let largest = 0;
  for (const [name, loss] of Object.entries(ours)) {
    const truth = theirs[name] as number;
    const error = Math.abs(loss - truth) / Math.max(Math.abs(truth), Number.MIN_VALUE);
    if (!(error <= lossTolerance)) throw new Disagreement(`${what}: ${name} of the first step is ${loss} and the peer's ${truth}; a share of ${lossTolerance} is allowed.`);
    largest = Math.max(largest, error);
  }
  return largest;
}
