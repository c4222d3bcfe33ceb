import { ArgumentError } from '@munit/core';
import type { PixelImage } from '@munit/images';
import type { Content } from '../types.js';
import { guidedAccuracy, styleConsistency } from './agreement.js';
import { contentIoU } from './contentIoU.js';
import { hueDivergence, lightsCovered, modesCovered, texturesCovered } from './diversity.js';

/** What a model made of held-out inputs, for `benchmarkFigures`. */
export interface BenchmarkOutputs {
  /** Per input of A: its content and the outputs for random styles (20 by convention), the k-th output of every input from the k-th style code. */
  readonly random: readonly { readonly content: Content; readonly outputs: readonly PixelImage[] }[];
  /** Outputs guided by an example of B. */
  readonly guided: readonly { readonly content: Content; readonly output: PixelImage; readonly example: PixelImage }[];
}

/** The benchmark's figures; the README says what a perfect model and a degenerate one reach. */
export interface BenchmarkFigures {
  /** Mean over all outputs, random and guided. */
  readonly contentIoU: number;
  /** Mean over inputs, of 8. */
  readonly modesCovered: number;
  /** Over all random outputs, against the uniform truth, nats. */
  readonly hueKl: number;
  /** As `hueKl`, but the Jensen–Shannon divergence, 0 to ln 2. */
  readonly hueJs: number;
  /** Share of random outputs without a clear hue mode. */
  readonly hueUndecided: number;
  /** Mean over inputs, of 4. */
  readonly texturesCovered: number;
  /** Mean over inputs, of 4. */
  readonly lightsCovered: number;
  /** Share right; NaN without guided outputs. */
  readonly guidedAccuracy: number;
  /** Share of agreeing pairs; NaN with one input. */
  readonly styleConsistency: number;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** All figures of the benchmark at once. @throws ArgumentError when there are no random outputs. */
export function benchmarkFigures({ random, guided }: BenchmarkOutputs): BenchmarkFigures {
  if (random.length === 0) throw new ArgumentError('The benchmark needs outputs for at least one input.');
  const all = random.flatMap((entry) => entry.outputs);
  const divergence = hueDivergence(all);
  const codes = Math.min(...random.map((entry) => entry.outputs.length));
  const perCode = Array.from({ length: codes }, (_, k) => random.map((entry) => entry.outputs[k] as PixelImage));
  return {
    contentIoU: mean([
      ...random.flatMap(({ content, outputs }) => outputs.map((output) => contentIoU(output, content))),
      ...guided.map(({ content, output }) => contentIoU(output, content)),
    ]),
    modesCovered: mean(random.map(({ outputs }) => modesCovered(outputs))),
    hueKl: divergence.kl,
    hueJs: divergence.js,
    hueUndecided: divergence.undecided,
    texturesCovered: mean(random.map(({ outputs }) => texturesCovered(outputs))),
    lightsCovered: mean(random.map(({ outputs }) => lightsCovered(outputs))),
    guidedAccuracy: guided.length === 0 ? NaN : guidedAccuracy(guided.map((g) => g.output), guided.map((g) => g.example)),
    styleConsistency: random.length < 2 ? NaN : styleConsistency(perCode),
  };
}
