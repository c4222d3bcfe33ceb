/** How a run is judged while it is trained: by the truth of its images where that is known, and by the metrics that its configuration names. */
import { ConfigError, type Params } from '@munit/core';
import { directionOf } from '../config/bestMetric.js';
import type { Evaluation, TrainOptions } from '../loop/train.js';
import type { GeneratorNetworks } from '../methods/method.js';
import { evaluateOnAnimals, evaluateOnBenchmark } from './benchmark.js';
import type { RunData } from './images.js';
import type { SessionOptions } from './ports.js';

/** What a judge needs of its session. */
export interface JudgeOptions extends Pick<SessionOptions, 'config' | 'evaluate' | 'measure'> {
  readonly signal: AbortSignal;
  /** Hears each warning once. */
  readonly warn: (message: string) => void;
}

/** The judge of a run; undefined where there is nothing to judge by. */
export function judgeOf(networks: GeneratorNetworks, data: RunData, options: JudgeOptions): TrainOptions['evaluate'] {
  const { config, measure, warn } = options;
  const benchmark = benchmarkOf(networks, data, options);
  if (benchmark === undefined && config.metrics.length === 0) return undefined;
  const warned = new Set<string>();
  return async (gen) => {
    const judged = await benchmark?.(gen);
    const measured = config.metrics.length === 0 ? undefined : await measure?.(networks, gen, { config, signal: options.signal });
    for (const message of measured?.warnings ?? []) {
      if (!warned.has(message)) warn(message);
      warned.add(message);
    }
    const metrics = { ...judged?.metrics, ...measured?.metrics };
    return { metrics, score: scoreOf(config, metrics, judged?.score) };
  };
}

function benchmarkOf(networks: GeneratorNetworks, { synthetic, animals }: RunData, { config, evaluate, signal }: JudgeOptions): ((gen: Params) => Promise<Evaluation>) | undefined {
  if (evaluate !== true) return undefined;
  const options = { seed: config.seed, signal };
  if (synthetic !== undefined) return (gen) => evaluateOnBenchmark(networks, gen, { ...options, set: synthetic });
  return animals === undefined ? undefined : (gen) => evaluateOnAnimals(networks, gen, { ...options, pairs: animals });
}

/** The higher the better. @throws ConfigError for a metric that this run does not measure */
function scoreOf({ best_metric: best, metrics: named }: JudgeOptions['config'], metrics: Readonly<Record<string, number>>, otherwise: number | undefined): number | undefined {
  if (best === undefined) return otherwise;
  const value = metrics[best];
  if (value === undefined) throw new ConfigError(`'best_metric' is '${best}', which this run does not measure.`, { remedy: `Use one of ${Object.keys(metrics).join(', ')}.` });
  return directionOf(best, named) === 'lower' ? -value : value;
}
