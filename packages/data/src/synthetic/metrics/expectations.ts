/** What perfect sampling and chance give: no figure says anything without the two beside it. */
import { checkInteger } from '@munit/core';
import { hueModes, lights, textures } from '../types.js';
import { jensenShannon } from './diversity.js';
import type { BenchmarkFigures } from './tally.js';

/** What a figure is compared with. */
export interface Expectation {
  /** The mean of a model whose random styles are drawn from the truth and whose outputs are the true renderings. */
  readonly perfect: number;
  /** What a model without control or diversity reaches; undefined where that has no meaning. */
  readonly chance: number | undefined;
}

/**
 * Closed forms, for figures of `styles` style codes that serve every input:
 * n codes cover K (1 − (1 − 1/K)ⁿ) of K equally frequent modes; divergences are sums over modes, so that their means are binomial sums.
 * @throws ArgumentError unless `styles` is a whole number of at least 1
 */
export function benchmarkExpectations(styles: number): Readonly<Record<keyof BenchmarkFigures, Expectation>> {
  checkInteger('benchmarkExpectations', 'styles', styles, 1);
  const [hues, patterns, kinds] = [hueModes.length, textures.length, lights.length];
  const covered = (modes: number): Expectation => ({ perfect: modes * (1 - (1 - 1 / modes) ** styles), chance: 1 });
  const even = new Array<number>(hues).fill(1 / hues);
  const collapsed = even.map((_, mode) => (mode === 0 ? 1 : 0));
  const guided = (modes: number): Expectation => ({ perfect: 1, chance: 1 / modes });
  return {
    contentIoU: { perfect: 1, chance: 0 },
    modesCovered: covered(hues),
    hueKl: { perfect: overModes(hues, styles, (p) => (p === 0 ? 0 : p * Math.log(p * hues))), chance: Math.log(hues) },
    hueJs: { perfect: overModes(hues, styles, (p) => halfJensenShannon(p, 1 / hues)), chance: jensenShannon(collapsed, even) },
    hueUndecided: { perfect: 0, chance: undefined },
    texturesCovered: covered(patterns),
    lightsCovered: covered(kinds),
    guidedAccuracy: guided(hues),
    guidedTexture: guided(patterns),
    guidedLight: guided(kinds),
    styleConsistency: guided(hues),
  };
}

/** E Σ_k f(share of mode k) over n draws from K equally frequent modes: K Σ_j Binomial(j; n, 1/K) f(j / n). */
function overModes(modes: number, draws: number, f: (share: number) => number): number {
  let sum = 0;
  // ln of the binomial's probability at j, by recursion: n choose j would overflow.
  let logarithm = draws * Math.log(1 - 1 / modes);
  for (let j = 0; j <= draws; j++) {
    sum += Math.exp(logarithm) * f(j / draws);
    logarithm += Math.log((draws - j) / (j + 1)) - Math.log(modes - 1);
  }
  return modes * sum;
}

/** What one mode adds to the Jensen–Shannon divergence of shares p and q. */
function halfJensenShannon(p: number, q: number): number {
  const middle = (p + q) / 2;
  return ((p === 0 ? 0 : p * Math.log(p / middle)) + q * Math.log(q / middle)) / 2;
}
