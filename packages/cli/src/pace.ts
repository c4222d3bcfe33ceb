/** How fast long work goes, and how long the rest will take. */

/** Where the work is. */
export interface Pace {
  /** Units a second over the last while; undefined before two are done. */
  readonly perSecond: number | undefined;
  /** Seconds that the rest takes at this pace; undefined as `perSecond` is. */
  readonly secondsLeft: number | undefined;
}

/** Over how many of the last units the pace is taken: a machine's load changes. */
const LAST = 30;

/** A function to call after each unit of work with how many are done, and of how many. */
export function createPace(now: () => number = () => performance.now()): (done: number, total: number) => Pace {
  const seen: { readonly done: number; readonly at: number }[] = [];
  return (done, total) => {
    seen.push({ done, at: now() });
    if (seen.length > LAST) seen.shift();
    const [first, last] = [seen[0]!, seen.at(-1)!];
    if (last.done === first.done || last.at === first.at) return { perSecond: undefined, secondsLeft: undefined };
    const perSecond = ((last.done - first.done) * 1000) / (last.at - first.at);
    return { perSecond, secondsLeft: (total - done) / perSecond };
  };
}
