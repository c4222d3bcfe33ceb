import { ArgumentError } from '@munit/core';
import type { PixelImage } from '@munit/images';
import type { Content, HueMode, Style } from '../types.js';
import { agreementOf } from './agreement.js';
import { contentIoU } from './contentIoU.js';
import { divergenceOf, histogramOf } from './diversity.js';
import { hueModeOf } from './hueMode.js';
import { type Shading, shadingJudge } from './textureAndLight.js';

/** The benchmark's figures; `benchmarkExpectations` says what perfect sampling and chance give beside each. */
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
  /** Share of guided outputs in the hue mode of their example; NaN without guided outputs. */
  readonly guidedAccuracy: number;
  /** Share of guided outputs with the texture of their example; NaN without guided outputs. */
  readonly guidedTexture: number;
  /** Share of guided outputs lit as their example is; NaN without guided outputs. */
  readonly guidedLight: number;
  /** Share of agreeing pairs; NaN with one input. */
  readonly styleConsistency: number;
}

/** A figure as a function of how often each of the things that it is from is counted: what a bootstrap resamples. */
export interface ResampledFigure {
  /** Inputs, guided outputs or style codes, whichever the figure is a mean over. */
  readonly count: number;
  /** The figure when thing i counts `multiplicities[i]` times. */
  readonly figure: (multiplicities: ArrayLike<number>) => number;
}

/** An output that an example of the other domain guided. */
export interface GuidedOutput {
  /** Of the input. */
  readonly content: Content;
  /** What the model made of it. */
  readonly output: PixelImage;
  /** The true style of the example. */
  readonly style: Style;
}

interface RandomJudgement extends Shading {
  readonly iou: number;
  readonly hue: HueMode | undefined;
}

interface GuidedJudgement {
  readonly iou: number;
  readonly hue: boolean;
  readonly texture: boolean;
  readonly light: boolean;
}

/** What the figures need of each output: plain data, which JSON carries from one process to another. */
export interface BenchmarkJudgements {
  /** For each input, of each of its random outputs. */
  readonly random: readonly (readonly RandomJudgement[])[];
  /** Of each guided output. */
  readonly guided: readonly GuidedJudgement[];
}

/** Judges outputs as they come, and keeps of each only what the figures need: memory does not grow with the size of images. */
export class BenchmarkTally {
  readonly #random: (readonly RandomJudgement[])[];
  readonly #guided: GuidedJudgement[];

  /** @param judgements of outputs that were judged before, such as those of all shards in the order of the inputs; default none */
  constructor({ random, guided }: BenchmarkJudgements = { random: [], guided: [] }) {
    this.#random = [...random];
    this.#guided = [...guided];
  }

  /** Of all outputs so far, in the order in which they came. */
  judgements(): BenchmarkJudgements {
    return { random: [...this.#random], guided: [...this.#guided] };
  }

  /** Outputs of one input for random styles, the k-th of every input from the k-th style code. */
  addRandom(content: Content, outputs: readonly PixelImage[]): void {
    const [first] = outputs;
    if (first === undefined) throw new ArgumentError('The benchmark needs at least one output for each input.');
    const judge = shadingJudge(content, first.width);
    this.#random.push(outputs.map((output) => ({ iou: contentIoU(output, content), hue: hueModeOf(output), ...judge(output) })));
  }

  /** An output guided by an example. */
  addGuided({ content, output, style }: GuidedOutput): void {
    const { texture, light } = shadingJudge(content, output.width)(output);
    this.#guided.push({ iou: contentIoU(output, content), hue: hueModeOf(output) === style.hueMode, texture: texture === style.texture, light: light === style.light });
  }

  /** All figures at once. @throws ArgumentError when there are no random outputs */
  figures(): BenchmarkFigures {
    const resampled = Object.entries(this.resampled()).map(([name, { count, figure }]) => [name, count === 0 ? NaN : figure(new Uint8Array(count).fill(1))] as const);
    return Object.fromEntries(resampled) as unknown as BenchmarkFigures;
  }

  /** The figures as functions of resampled inputs. @throws ArgumentError when there are no random outputs */
  resampled(): Readonly<Record<keyof BenchmarkFigures, ResampledFigure>> {
    if (this.#random.length === 0) throw new ArgumentError('The benchmark needs outputs for at least one input.');
    const [random, guided] = [this.#random, this.#guided];
    const distinct = (of: (one: RandomJudgement) => unknown) => meanOf(random.map((outputs) => new Set(outputs.map(of).filter((value) => value !== undefined)).size));
    const right = (of: (one: GuidedJudgement) => boolean) => meanOf(guided.map((one) => (of(one) ? 1 : 0)));
    const hues = (figure: (found: ReturnType<typeof divergenceOf>) => number): ResampledFigure => {
      const histograms = random.map((outputs) => histogramOf(outputs.map(({ hue }) => hue)));
      return { count: random.length, figure: (times) => figure(divergenceOf(pooled(histograms, times))) };
    };
    return {
      contentIoU: meanOf([...random.flatMap((outputs) => outputs.map(({ iou }) => iou)), ...guided.map(({ iou }) => iou)], [...random.map((outputs) => outputs.length), ...guided.map(() => 1)]),
      modesCovered: distinct(({ hue }) => hue),
      hueKl: hues(({ kl }) => kl),
      hueJs: hues(({ js }) => js),
      hueUndecided: hues(({ undecided }) => undecided),
      texturesCovered: distinct(({ texture }) => texture),
      lightsCovered: distinct(({ light }) => light),
      guidedAccuracy: right(({ hue }) => hue),
      guidedTexture: right(({ texture }) => texture),
      guidedLight: right(({ light }) => light),
      styleConsistency: consistency(random),
    };
  }
}

/** The mean of values; those of one thing stand together, `sizes` says how many each has (default one each). */
function meanOf(values: readonly number[], sizes: readonly number[] = values.map(() => 1)): ResampledFigure {
  let at = 0;
  const sums = sizes.map((size) => values.slice(at, (at += size)).reduce((sum, value) => sum + value, 0));
  return {
    count: sizes.length,
    figure: (times) => sums.reduce((sum, value, i) => sum + value * (times[i] as number), 0) / sizes.reduce((sum, size, i) => sum + size * (times[i] as number), 0),
  };
}

function pooled(histograms: readonly ReturnType<typeof histogramOf>[], times: ArrayLike<number>): ReturnType<typeof histogramOf> {
  const sum = (of: (histogram: ReturnType<typeof histogramOf>) => number): number => histograms.reduce((total, one, i) => total + of(one) * (times[i] as number), 0);
  return { counts: (histograms[0]?.counts ?? []).map((_, mode) => sum(({ counts }) => counts[mode] as number)), undecided: sum(({ undecided }) => undecided) };
}

/** Over style codes: what one code gives different inputs. */
function consistency(random: readonly (readonly RandomJudgement[])[]): ResampledFigure {
  const codes = random.length < 2 ? 0 : Math.min(...random.map((outputs) => outputs.length));
  const found = Array.from({ length: codes }, (_, k) => agreementOf(random.map((outputs) => (outputs[k] as RandomJudgement).hue)));
  return {
    count: codes,
    figure: (times) => found.reduce((sum, { agreeing }, k) => sum + agreeing * (times[k] as number), 0) / found.reduce((sum, { pairs }, k) => sum + pairs * (times[k] as number), 0),
  };
}
