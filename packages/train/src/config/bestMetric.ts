/** Which way a named metric is better. */
import { metricKnowledge } from '../metricKnowledge.js';
import { metricNames } from './schema.js';

/** Of one of the configured metrics, or of a figure of a benchmark; undefined for another name, and for a metric that is not measured. */
export function directionOf(name: string, metrics: readonly string[]): 'higher' | 'lower' | undefined {
  const measured = metrics.includes(name) || !metricNames.some((metric) => metric === name);
  return measured ? metricKnowledge[name]?.better : undefined;
}
