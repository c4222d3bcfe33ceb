/** A camera or a film, translated frame by frame in the style in use. */
import { computed, effect, signal } from '@preact/signals';
import { AbortedError, DeviceLostError } from '@munit/core';
import type { Picture } from '@munit/infer';
import { target } from '../../direction.js';
import type { EdgeDrawer } from '../../edges/edges.js';
import { scaledTo } from '../../image/size.js';
import { knowsLines } from '../../image/samples.js';
import { style } from '../../styles/style.js';
import { queue } from '../../translate/contents.js';
import { subject } from '../../translate/request.js';
import { notify, notifyError } from '../../ui/notices.js';
import { priorities } from '../../workers/queue.js';
import type { FrameSource } from './source.js';

/** What is shown: a frame as the network sees it, and what it makes of it. */
export interface LiveFrame {
  readonly before: ImageBitmap;
  readonly after: Picture;
  /** Of the source, in seconds. */
  readonly time: number;
}

export const liveSource = signal<FrameSource | undefined>(undefined);
export const liveFrame = signal<LiveFrame | undefined>(undefined);
/** Frames a second, of the last two seconds. */
export const liveRate = signal<number | undefined>(undefined);
/** What the user chose about lines; undefined: where the model knows lines alone. */
const chosenLines = signal<boolean | undefined>(undefined);
export const asLines = computed(() => chosenLines.value ?? knowsLines.value);
export const setAsLines = (value: boolean): void => void (chosenLines.value = value);

/** Lines are found in a frame of this many times the network's size: they come out as thick as those of the samples. */
const LINE_SCALE = 2;
const LEAST_LINE_SIDE = 128;

/** Who takes every frame: what is recorded. */
export const onFrame = signal<((frame: LiveFrame) => void) | undefined>(undefined);

let edges: EdgeDrawer | undefined;

async function lineDrawer(): Promise<EdgeDrawer> {
  const { openEdges } = await import('../../edges/edges.js');
  return (edges ??= openEdges());
}

/** A frame with its shorter side of `side` pixels, as lines where that is wished. The caller closes it. */
async function seen(source: FrameSource, side: number): Promise<ImageBitmap> {
  const within = (shorter: number) => {
    const { width, height } = scaledTo(source.size(), shorter);
    return { resizeWidth: width, resizeHeight: height, resizeQuality: 'medium' as const };
  };
  if (!asLines.peek()) return createImageBitmap(source.video, within(side));
  const large = await createImageBitmap(source.video, within(Math.max(LEAST_LINE_SIDE, LINE_SCALE * side)));
  try {
    const { drawing } = await (await lineDrawer()).draw(large);
    return await createImageBitmap(drawing, within(side));
  } catch (error) {
    // A worker that has failed draws nothing any more: the next source starts another.
    closeEdges();
    throw error;
  } finally {
    large.close();
  }
}

function closeEdges(): void {
  edges?.close();
  edges = undefined;
}

type Grabbed = Pick<LiveFrame, 'before' | 'time'>;

/** The frame that the source shows now; undefined without a model. */
async function grab(source: FrameSource): Promise<Grabbed | undefined> {
  const side = subject.peek()?.side;
  return side === undefined ? undefined : { time: source.video.currentTime, before: await seen(source, side) };
}

/** Translates a frame, or the one that the source shows now. @throws what the worker throws */
export async function translateFrame(source: FrameSource, given?: Promise<Grabbed | undefined>): Promise<LiveFrame | undefined> {
  const grabbed = await (given ?? grab(source));
  if (grabbed === undefined) return undefined;
  const { before, time } = grabbed;
  try {
    const now = subject.peek();
    if (now === undefined) throw new AbortedError('The model is no longer loaded.');
    const code = style.peek();
    const after = await queue.run(priorities.stage, () => now.model.translator.translate(before, { to: target.peek(), ...(code.length === 0 ? {} : { style: code }) }));
    return { before, after, time };
  } catch (error) {
    before.close();
    throw error;
  }
}

const WINDOW_MS = 2000;
let times: number[] = [];

function count(): void {
  const now = performance.now();
  times = [...times.filter((time) => now - time < WINDOW_MS), now];
  const span = now - times[0]!;
  if (times.length > 2) liveRate.value = (1000 * (times.length - 1)) / span;
}

export function show(frame: LiveFrame): void {
  const old = liveFrame.peek();
  liveFrame.value = frame;
  old?.before.close();
  count();
  onFrame.peek()?.(frame);
}

/** Translates what the source shows, as fast as it goes. @returns a function that ends that */
export function startLive(): () => void {
  let turn = 0;
  const run = async (source: FrameSource, mine: number): Promise<void> => {
    let lost = false;
    // The next frame is made ready while this one is translated.
    const following = (): Promise<Grabbed | undefined> => {
      const next = source.next().then(() => grab(source));
      next.catch(() => undefined);
      return next;
    };
    let next = following();
    while (turn === mine) {
      try {
        const now = next;
        await now;
        next = following();
        const frame = await translateFrame(source, now);
        if (turn !== mine) frame?.before.close();
        else if (frame !== undefined) show(frame);
        lost = false;
      } catch (error) {
        if (turn !== mine) break;
        // Of a model that was replaced meanwhile, or a device that was lost and is open again.
        if (error instanceof AbortedError || (error instanceof DeviceLostError && !lost)) {
          lost = true;
          continue;
        }
        notifyError(error);
        closeSource();
      }
    }
    // The frame that was made ready and is not wanted any more.
    void next.then((grabbed) => grabbed?.before.close(), () => undefined);
  };
  const end = effect(() => {
    const source = liveSource.value;
    const mine = ++turn;
    times = [];
    liveRate.value = undefined;
    if (source !== undefined && !source.stepped.value) void run(source, mine);
  });
  return () => {
    turn += 1;
    end();
    closeSource();
    closeEdges();
  };
}

/** Counts what was asked for: a source that is ready too late is closed at once. */
let asked = 0;

/** Ends the camera, or closes the film; one that is being opened does not appear. */
export function closeSource(): void {
  asked += 1;
  liveSource.peek()?.close();
  liveSource.value = undefined;
  liveFrame.peek()?.before.close();
  liveFrame.value = undefined;
}

/** Opens a camera or a film in place of the one before; what cannot be opened is reported in a notice. */
export async function openSource(open: () => Promise<FrameSource>): Promise<void> {
  closeSource();
  const mine = asked;
  try {
    const source = await open();
    // People answer the question for the camera late: another source may be open by then, or the view left.
    if (mine === asked) liveSource.value = source;
    else source.close();
  } catch (error) {
    if (mine === asked) notify(error instanceof Error ? error.message : String(error), 'error');
  }
}
