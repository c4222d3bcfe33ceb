/** From a training state to a model for use and sharing. */
import type { Domain, PerDomain } from '@munit/core';
import type { Json, Model } from '@munit/formats';
import type { TrainingConfig } from '../config/schema.js';
import { modelArchitecture, modelWeights } from '../methods/create.js';
import type { TrainState } from '../state/state.js';

export type Metrics = Readonly<Record<string, number>>;

/** What a model says about itself besides its weights. */
export interface ModelInfo {
  /** What the domains are called; the synthetic benchmark's have names of their own. */
  readonly names?: PerDomain<string> | undefined;
  readonly metrics?: Metrics | undefined;
}

/** The model of a training state: the averaged weights where there are some. */
export async function exportedModel(state: Pick<TrainState, 'step' | 'gen' | 'ema'>, config: TrainingConfig, { names, metrics = {} }: ModelInfo = {}): Promise<Model> {
  const measured = Object.entries(metrics).filter(([, value]) => Number.isFinite(value));
  const { a, b } = config.synthetic_count === undefined ? domainNames(names) : { a: 'outlines', b: 'colours' };
  return {
    architecture: modelArchitecture(config),
    domains: { a: { name: a }, b: { name: b } },
    networks: await modelWeights(state.ema ?? state.gen, config),
    training: { steps: state.step, seed: config.seed, weights: state.ema === undefined ? 'trained' : 'average', config: shareable(config) },
    ...(measured.length === 0 ? {} : { metrics: Object.fromEntries(measured) }),
  };
}

/** Without the paths of the machine that trained it: a model is for others. */
function shareable(config: TrainingConfig): Json {
  const kept = Object.entries(config).filter(([key]) => !key.startsWith('data_') && key !== 'vgg_weights');
  return JSON.parse(JSON.stringify(Object.fromEntries(kept))) as Json;
}

/** The folders' own names, unless they only say what every set's folders say. */
function domainNames(names: PerDomain<string> | undefined): PerDomain<string> {
  const named = (domain: Domain): string => {
    const name = (names?.[domain] ?? '').trim().slice(0, 200);
    return name === '' || name === '.' || name === '..' || /^train/i.test(name) ? domain : name;
  };
  const [a, b] = [named('a'), named('b')];
  return a === b ? { a: 'a', b: 'b' } : { a, b };
}
