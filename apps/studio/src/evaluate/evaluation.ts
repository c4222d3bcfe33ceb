/** Evaluates the model in use against the images that are loaded. */
import { computed, signal } from '@preact/signals';
import { AbortedError, DataError, type Domain } from '@munit/core';
import { Channel, retire } from '@munit/core/channel';
import type { PixelImage } from '@munit/images';
import { target } from '../direction.js';
import { examples, inputs } from '../image/library.js';
import type { LibraryImage } from '../image/libraryImage.js';
import type { ModelChoice } from '../model/choice.js';
import { deviceWish } from '../model/session.js';
import { randomCodes, seed, styleDim } from '../styles/style.js';
import { decode, type DecodeRequest } from '../translate/decode.js';
import { subject } from '../translate/request.js';
import { notifyError } from '../ui/notices.js';
import { priorities } from '../workers/queue.js';
import { pixelsOf, shownOf, squareOf } from './pixels.js';
import type { EvaluationCalls, EvaluationFigures } from './protocol.js';
import { words } from '../words/words.js';

/** As many of an input's translations are shown beside the figures. */
const SHOWN_STYLES = 6;

export interface Evaluation extends EvaluationFigures {
  readonly model: ModelChoice;
  readonly to: Domain;
  /** Of the shorter side, in pixels. */
  readonly side: number;
  readonly styles: number;
  readonly seed: number;
  readonly inputs: readonly LibraryImage[];
  readonly real: readonly LibraryImage[];
  /** For each input the first of its translations. */
  readonly shown: readonly (readonly ImageBitmap[])[];
  readonly seconds: number;
}

export interface EvaluationProgress {
  readonly label: string;
  /** 0 to 1; undefined while nobody knows. */
  readonly fraction?: number | undefined;
}

export const evaluation = signal<Evaluation | undefined>(undefined);
export const evaluating = signal<EvaluationProgress | undefined>(undefined);

/** As many inputs as the user asks for, and translations of each. */
export const inputCount = signal(20);
export const styleCount = signal(10);

export const measuredInputs = computed(() => inputs.value.slice(0, inputCount.value));
export const measuredStyles = computed(() => (styleDim.value === 0 ? 1 : styleCount.value));
/** Images that are known to be of the target domain: those that are of either may be anything. */
export const realImages = computed(() => examples.value.filter(({ domain }) => domain === target.value));

let abort = new AbortController();

export function stopEvaluation(): void {
  abort.abort();
}

/** Measures the model in use; the figures of before stay until new ones are there. */
export async function evaluate(): Promise<void> {
  const now = subject.peek();
  if (now === undefined || evaluating.peek() !== undefined) return;
  abort = new AbortController();
  const { signal: stop } = abort;
  const worker = new Worker(new URL('./evaluate.worker.ts', import.meta.url), { type: 'module', name: 'evaluate' });
  const channel = new Channel<EvaluationCalls>(worker);
  const step = (label: string, fraction?: number): void => void (evaluating.value = { label, fraction });
  step(words.peek().evaluate.fetching);
  try {
    evaluation.value = await measured(now, channel, { signal: stop, step });
  } catch (error) {
    if (!stop.aborted) notifyError(error);
  } finally {
    channel.close(new AbortedError());
    void retire(worker);
    evaluating.value = undefined;
  }
}

interface Run {
  readonly signal: AbortSignal;
  readonly step: (label: string, fraction?: number) => void;
}

async function measured(now: Omit<DecodeRequest, 'style'>, channel: Channel<EvaluationCalls>, { signal: stop, step }: Run): Promise<Evaluation> {
  const start = performance.now();
  const [chosen, real, styles, from] = [measuredInputs.peek(), realImages.peek(), measuredStyles.peek(), seed.peek()];
  const options = { signal: stop };
  const { cause } = await channel.call('open', { device: deviceWish.peek(), styles, seed: from }, options);
  if (cause !== undefined) throw new DataError(words.peek().evaluate.notFetched, { cause, remedy: words.peek().evaluate.notFetchedRemedy });
  const shown: ImageBitmap[][] = [];
  for (const [i, image] of chosen.entries()) {
    step(words.peek().common.imageOf(i + 1, chosen.length), i / chosen.length);
    // Each input in styles of its own, as the paper draws them.
    const codes = styleDim.peek() === 0 ? [[]] : randomCodes(styleDim.peek(), styles, (from + i) % 2 ** 32);
    const pixels: PixelImage[] = [];
    const small: ImageBitmap[] = [];
    for (const style of codes) {
      const picture = await decode({ ...now, image, style }, { priority: priorities.sheet, signal: stop });
      pixels.push(pixelsOf(picture));
      if (small.length < SHOWN_STYLES) small.push(await shownOf(picture));
    }
    shown.push(small);
    await channel.call('translations', pixels, { ...options, transfer: pixels.map(({ data }) => data.buffer as ArrayBuffer) });
  }
  for (const [i, image] of real.entries()) {
    step(words.peek().evaluate.realImage(i + 1, real.length), i / real.length);
    const pixels = await squareOf(image, now.side);
    await channel.call('real', pixels, { ...options, transfer: [pixels.data.buffer as ArrayBuffer] });
  }
  step(words.peek().evaluate.figures);
  const figures = await channel.call('figures', undefined, options);
  return { ...figures, model: now.model.choice, to: now.to, side: now.side, styles, seed: from, inputs: chosen, real, shown, seconds: (performance.now() - start) / 1000 };
}
