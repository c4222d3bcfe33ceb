/** JavaScript has no types to say that an option is misspelt: every call says so itself, before it does anything. */
import { ArgumentError } from '@munit/core';
import { expect, it } from 'vitest';
import * as metrics from './index.js';

/** As a program without types gives them. */
const given = (options: Record<string, unknown>): never => options as never;
const set = metrics.featureSet(Float32Array.from({ length: 40 }, (_, i) => Math.sin(i)), 4);

it.each<[what: string, call: () => unknown, meant: string]>([
  ['loadLpips', () => metrics.loadLpips(given({ netwrok: 'vgg16' })), "loadLpips: there is no option 'netwrok'. Did you mean 'network'?"],
  ['loadFeatureExtractor', () => metrics.loadFeatureExtractor(given({ weight: new Uint8Array() })), "Did you mean 'weights'?"],
  ['lpipsDiversity', () => metrics.lpipsDiversity(given({}), given({ pair: 19 })), "Did you mean 'pairs'?"],
  ['pairDistances', () => metrics.pairDistances(given({}), [], given({ pair: 19 })), "Did you mean 'pairs'?"],
  ['kernelMetric', () => metrics.kernelMetric(given({ network: 'alexnet' }), given({ subset: 10 })), "Did you mean 'subsets'?"],
  ['kernelDistance', () => metrics.kernelDistance(set, set, given({ subset: 10 })), "Did you mean 'subsets'?"],
  ['binMetrics', () => metrics.binMetrics(set, set, given({ bin: 2 })), "Did you mean 'bins'?"],
  ['neighbourMetrics', () => metrics.neighbourMetrics(set, set, given({ sede: 1 })), "Did you mean 'seed'?"],
  ['bootstrapInterval', () => metrics.bootstrapInterval(4, () => 1, given({ resample: 10 })), "Did you mean 'resamples'?"],
  ['meanInterval', () => metrics.meanInterval([1, 2], given({ levels: 0.9 })), "Did you mean 'level'?"],
  ['inceptionScores', () => metrics.inceptionScores({ inputs: 2, styles: 1, classes: 2, data: Float32Array.of(1, 0, 0, 1) }, given({ sede: 1 })), "Did you mean 'seed'?"],
  ['meanFigure', () => metrics.meanFigure({ name: 'x', meaning: 'x', better: 'lower' }, [1, 2], given({ counts: 3 })), "there is no option 'counts'."],
  ['trainModeClassifier', () => metrics.trainModeClassifier(new Map(), given({ network: 'alexnet', heldout: 0.2 })), "Did you mean 'heldOut'?"],
  ['fineTuneModeClassifier', () => metrics.fineTuneModeClassifier(new Map(), given({ epoch: 2 })), "Did you mean 'epochs'?"],
  ['diversityFigures', () => metrics.diversityFigures([], [], given({ pair: 19 })), "Did you mean 'pairs'?"],
  ['realDiversity', () => metrics.realDiversity(given({}), 2, given({}), given({ mots: 9 })), "Did you mean 'most'?"],
  ['qualityFigures', () => metrics.qualityFigures(set, set, given({ network: 'x', resample: 1 })), "Did you mean 'resamples'?"],
  ['modeFigures', () => metrics.modeFigures(given({}), set, given({ each: 1, deterministc: true })), "Did you mean 'deterministic'?"],
])('an option that nothing reads is refused by %s, with what was meant', async (_, call, message) => {
  const error: unknown = await Promise.resolve().then(call).then(() => undefined, (thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ArgumentError);
  expect((error as Error).message).toContain(message);
});
