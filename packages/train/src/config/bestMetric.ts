/** Which way a named metric is better. */
import { metricKnowledge } from '../report/metrics.js';

const better: Readonly<Record<string, 'higher' | 'lower'>> = { 'lpips-diversity': 'higher', 'fid-alexnet': 'lower', 'kid-alexnet': 'lower' };

/** Of one of the configured metrics, or of a figure of a benchmark; undefined for another name. */
export function directionOf(name: string, metrics: readonly string[]): 'higher' | 'lower' | undefined {
  return metrics.includes(name) ? better[name] : metricKnowledge[name]?.better;
}
