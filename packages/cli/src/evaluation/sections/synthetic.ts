/** The figures of images whose truth is known: the synthetic benchmark's, and those of animals. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { benchmarkExpectations, type Expectation, type ResampledFigure } from '@munit/data/synthetic';
import { type Figure, resampledFigure } from '@munit/metrics';
import { writeFileAtomically } from '@munit/formats/node';
import { isInShard } from '@munit/infer/node';
import { figuresOfRun, judgeRun, type RunJudgements } from '@munit/train/node';
import { checkpointOf } from '../../values.js';
import { deviceNameOf } from '../../deviceOptions.js';
import { readJson, writeJson } from '../parts.js';
import type { EvaluateRequest } from '../request.js';
import type { Progress } from '../translations.js';
import type { Section } from '../types.js';

/** What each figure means, in the order of the table. */
const meanings: readonly (readonly [name: string, better: Figure['better'], meaning: string])[] = [
  ['contentIoU', 'higher', 'shape kept: overlap with the true silhouette, 0 to 1'],
  ['modesCovered', 'higher', 'of 8 hues, how many the random styles of one input show'],
  ['guidedAccuracy', 'higher', 'guided outputs in the hue of their example'],
  ['guidedTexture', 'higher', 'guided outputs with the texture of their example'],
  ['guidedLight', 'higher', 'guided outputs lit as their example'],
  ['styleConsistency', 'higher', 'pairs of inputs that one style code gives the same hue'],
  ['hueKl', 'lower', 'divergence of the hues from the true, uniform ones, nats'],
  ['hueJs', 'lower', 'the same, Jensen–Shannon, nats'],
  ['hueUndecided', 'lower', 'outputs without a clear hue'],
  ['texturesCovered', 'higher', 'of 4 textures, per input'],
  ['lightsCovered', 'higher', 'of 4 lights, per input'],
];

/** What the outputs of a run are judged to be: all, or those of the inputs of a shard. @throws as `judgeRun` */
export function judgeOutputs(request: EvaluateRequest, styles: number, signal: AbortSignal, onProgress: Progress): Promise<RunJudgements> {
  const { what, checkpoint, device, threads, inputs, seed, shard } = request;
  return judgeRun({
    folder: what[0] as string,
    checkpoint: checkpointOf(checkpoint ?? 'latest'),
    device: deviceNameOf(device),
    threads,
    inputs,
    styles,
    seed,
    signal,
    ...(shard === undefined ? {} : { only: (place: number) => isInShard(String(place), shard) }),
    onProgress: (done, total) => onProgress('Judged', done, total),
  });
}

/** In the folder of a shard, where `keptJudgements` keeps them. */
export const JUDGEMENTS = 'synthetic.json';

/** Judgements of a shard that are there already, or new ones. */
export async function keptJudgements(folder: string, judge: () => Promise<RunJudgements>): Promise<RunJudgements> {
  const path = join(folder, 'parts', JUDGEMENTS);
  const stored = await readFile(path, 'utf8').catch(() => undefined);
  if (stored !== undefined) return readJson(stored) as RunJudgements;
  const judged = await judge();
  await writeFileAtomically(path, new TextEncoder().encode(writeJson(judged)));
  return judged;
}

/** A run's section, and the step of the checkpoint that it is of. @throws ArgumentError when the parts do not make a whole */
export function syntheticSection(judged: readonly RunJudgements[], styles: number, seed: number): { readonly section: Section; readonly step: number } {
  const { step, metrics, resampled } = figuresOfRun(judged);
  const animals = metrics['guidedCoat'] !== undefined;
  const figures = animals ? figuresOfAnimals(resampled, styles, seed) : figuresOfBenchmark(resampled, styles, seed);
  return { section: { protocol: 'synthetic', to: 'b', notes: [], figures, exhibits: [] }, step };
}

const besideOf = ({ perfect, chance }: Expectation): Record<string, number> => ({ 'perfect sampling': perfect, ...(chance === undefined ? {} : { chance }) });

function figuresOfBenchmark(resampled: Readonly<Record<string, ResampledFigure>>, styles: number, seed: number): Figure[] {
  const expected: Readonly<Record<string, Expectation>> = benchmarkExpectations(styles);
  return meanings.flatMap(([name, better, meaning]) => {
    const found = resampled[name];
    if (found === undefined || found.count === 0) return [];
    const warnings = styles < 100 && /Covered|hue[JK]/.test(name) ? [`Of ${styles} style codes this is mostly luck: use at least 100.`] : [];
    return [resampledFigure({ name, meaning, better, beside: besideOf(expected[name] as Expectation), warnings }, found.count, found.figure, { seed })];
  });
}

/** What each figure of animals means, and what perfect sampling and chance give. */
const meaningsOfAnimals: readonly (readonly [name: string, better: Figure['better'], meaning: string, expected: (styles: number) => Expectation | undefined])[] = [
  ['contentIoU', 'higher', 'silhouettes of output and truth: overlap, 0 to 1', () => ({ perfect: 1, chance: 0 })],
  ['coatsCovered', 'higher', 'of 12 coat colours, how many the random styles of one drawing show', (styles) => ({ perfect: 12 * (1 - (11 / 12) ** styles), chance: 1 })],
  ['coatsCoveredOverall', 'higher', 'of 12, in all outputs together', () => ({ perfect: 12, chance: 1 })],
  ['coatUndecided', 'lower', 'outputs whose coat has none of the 12 colours, 0 to 1', () => ({ perfect: 0, chance: 1 })],
  ['guidedCoat', 'higher', 'guided outputs with the coat of their example, 0 to 1', () => ({ perfect: 1, chance: 1 / 12 })],
  ['guidedColourError', 'lower', "mean difference of their coat from the example's, of 255", () => undefined],
  ['detail', 'higher', 'eyes, brows, nose and mouth still there: correlation with the truth, 0 to 1', () => ({ perfect: 1, chance: 0 })],
];

function figuresOfAnimals(resampled: Readonly<Record<string, ResampledFigure>>, styles: number, seed: number): Figure[] {
  return meaningsOfAnimals.flatMap(([name, better, meaning, expectedOf]) => {
    const [found, expected] = [resampled[name], expectedOf(styles)];
    return found === undefined || found.count === 0 ? [] : [resampledFigure({ name, meaning, better, beside: expected === undefined ? {} : besideOf(expected) }, found.count, found.figure, { seed })];
  });
}
