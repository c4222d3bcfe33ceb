/** What `munit evaluate` does with its request. */
import { evaluateRun } from '@munit/train/node';
import type { Action, EvaluateRequest } from '../actions.js';
import { exitCodes } from '../exitCodes.js';
import { deviceNameOf } from './deviceName.js';
import { checkpointOf } from './source.js';

/** What each figure means and what a perfect model scores. */
const meanings: readonly (readonly [name: string, meaning: string])[] = [
  ['contentIoU', 'shape kept: overlap with the true silhouette, 0 to 1'],
  ['modesCovered', 'of 8 hues, how many the random styles of one input show (20 true styles: 7.4)'],
  ['guidedAccuracy', 'guided outputs in the hue of their example, 0 to 1 (chance 0.125)'],
  ['styleConsistency', 'pairs of inputs that one style code gives the same hue, 0 to 1'],
  ['hueKl', 'divergence of the hues from the true, uniform ones, nats'],
  ['hueJs', 'the same, Jensen–Shannon, nats'],
  ['hueUndecided', 'outputs without a clear hue, 0 to 1'],
  ['texturesCovered', 'of 4 textures, per input'],
  ['lightsCovered', 'of 4 directions of light, per input'],
];

export const evaluate: Action<EvaluateRequest> = async (request, io, signal) => {
  const { run, checkpoint, device, threads, inputs, styles, seed, json } = request;
  const { step, metrics } = await evaluateRun({
    folder: run,
    checkpoint: checkpointOf(checkpoint),
    device: deviceNameOf(device),
    ...(threads === undefined ? {} : { threads }),
    inputs,
    styles,
    seed,
    signal,
  });
  if (json) io.stdout.write(`${JSON.stringify({ run, step, inputs, styles, ...metrics })}\n`);
  else {
    io.stdout.write(`${run} at step ${step}: ${inputs} held-out inputs, ${styles} random styles each\n`);
    for (const [name, meaning] of meanings) io.stdout.write(`  ${name.padEnd(17)} ${(metrics[name] ?? NaN).toFixed(3).padStart(7)}  ${meaning}\n`);
  }
  return exitCodes.ok;
};
