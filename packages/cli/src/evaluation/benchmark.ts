/** Measuring a run on images whose truth is known, and nothing else. */
import { resolve } from 'node:path';
import { openCheckpoints, type RunJudgements, runPaths } from '@munit/train/node';
import { UsageError } from '../errors.js';
import { prepareFolder } from './folder.js';
import type { PartContext } from './parts.js';
import { type EvaluateRequest, settingsOf } from './request.js';
import { judgeOutputs, keptJudgements, syntheticSection } from './sections/synthetic.js';
import type { Measured } from './types.js';

/** What is measured, and where. */
export interface RunWork extends PartContext {
  readonly request: EvaluateRequest;
  /** What the shards have found of images whose truth is known; undefined where there were none. */
  readonly judged: readonly RunJudgements[] | undefined;
}

/** Measures a run, or of a shard what its inputs need: then there are no sections. */
export async function onlyBenchmark({ request, folder, judged, signal, onProgress }: RunWork): Promise<Measured> {
  if (request.what.length !== 1) throw new UsageError('--protocol synthetic is for a run on images whose truth is known, not for folders.', 'Give one run folder.');
  const styles = request.styles ?? 100;
  const run = request.what[0] as string;
  const settings = settingsOf(request, styles);
  const common = { names: [], device: request.device, settings, weights: [], leftOut: [], warnings: [] };
  // Without it the same command would continue with what it has found of an earlier checkpoint.
  const newest = openCheckpoints(runPaths(run).checkpoints, { readOnly: true }).list().at(-1)?.step ?? null;
  const state = JSON.stringify({ run: resolve(run), checkpoint: request.checkpoint ?? 'latest', newest, ...settings });
  const judge = (): Promise<RunJudgements> => judgeOutputs(request, styles, signal, onProgress);
  if (request.shard !== undefined) {
    await prepareFolder(folder, state, request);
    const { step } = await keptJudgements(folder, judge);
    return { ...common, name: `${run} at step ${step}`, state, step, subject: { run, step }, sections: [] };
  }
  const { section, step } = syntheticSection(judged ?? [await judge()], styles, request.seed);
  return { ...common, name: `${run} at step ${step}`, state, step, subject: { run, step }, sections: [section] };
}
