/** An image that is drawn in the page: one of the user's own, whose content changes with every stroke. */
import { batch, computed, signal } from '@preact/signals';
import { decodePicture } from '../image/bitmap.js';
import { choose, image } from '../image/library.js';
import { addOwn, findOwn, ownImages, removeOwn, replaceOwn } from '../image/own.js';
import { notifyError } from '../ui/notices.js';
import { latest } from '../workers/latest.js';
import { packStrokes, simplified, unpackStrokes } from './packed.js';
import { paintStroke, type Pen, type Stroke } from './strokes.js';
import { words } from '../words/words.js';

/** Pixels of a drawing's side: what the published models are trained at. */
export const PAD_SIDE = 256;
const PAPER = '#ffffff';

interface Drawing {
  readonly id: string;
}

const open = signal<Drawing | undefined>(undefined);

/** The drawing under the pen: the image that is chosen, while its pad is open. */
export const drawing = computed(() => (open.value?.id === image.value.id ? open.value : undefined));

/** What is on the paper: what it was opened with, and the strokes since. */
export interface Sheet {
  readonly base: ImageBitmap | undefined;
  readonly strokes: readonly Stroke[];
}

const empty: Sheet = { base: undefined, strokes: [] };
export const sheet = signal<Sheet>(empty);
/** Sheets to go back to, and forward to after that. */
const past = signal<readonly Sheet[]>([]);
const future = signal<readonly Sheet[]>([]);
export const canUndo = computed(() => past.value.length > 0);
export const canRedo = computed(() => future.value.length > 0);
/** Whether the pen is on the paper. */
export const penDown = signal(false);
/** Nothing is on the paper yet. */
export const blank = computed(() => drawing.value !== undefined && !penDown.value && isBlank(sheet.value));
const isBlank = ({ base, strokes }: Sheet): boolean => base === undefined && strokes.length === 0;
/** What the eraser leaves is paper. */
export const erasing = signal(false);
/** As wide as the outlines of the samples are. */
export const penWidth = signal(8);
export const penColour = signal('#000000');

export const currentPen = (): Pen => ({ width: erasing.peek() ? 3 * penWidth.peek() : penWidth.peek(), colour: erasing.peek() ? PAPER : penColour.peek() });

/** An empty sheet; or, when a drawing is chosen, that one again. */
export async function openPad(): Promise<void> {
  const chosen = findOwn(image.peek().id);
  const again = chosen?.drawn === true ? chosen : undefined;
  const strokes = again?.strokes === undefined ? undefined : unpackStrokes(again.strokes);
  const base = again === undefined || strokes !== undefined ? undefined : await decodePicture(await again.read(), again.name);
  const id = again?.id ?? addOwn([{ blob: await imageOf(empty), name: words.peek().pad.name, drawn: true }])[0]!.id;
  batch(() => {
    sheet.value = { base, strokes: strokes ?? [] };
    past.value = future.value = [];
    erasing.value = penDown.value = false;
    choose(id);
    open.value = { id };
  });
}

export function closePad(): void {
  open.value = undefined;
  // Its buttons are gone.
  requestAnimationFrame(() => document.querySelector<HTMLElement>('.ways button')?.focus());
}

/** The pad of a drawing has gone: a sheet that nobody has drawn on goes too. */
export function leavePad(id: string): void {
  if (isBlank(sheet.peek()) && !canUndo.peek()) removeOwn([id]);
}

function turnTo(next: Sheet): void {
  past.value = [...past.peek(), sheet.peek()];
  future.value = [];
  put(next);
}

/** Here, not where it is painted: the pad may be closed before the page is painted again. */
function put(next: Sheet): void {
  sheet.value = next;
  publishAs(() => next);
}

/** The image follows the pen. @param stroke the one under way */
export function publishStroke(stroke: Stroke): void {
  const before = sheet.peek();
  publishAs(() => withStroke(before, stroke));
}

/** @param now called when its turn comes, which for most moves of a pen is never */
function publishAs(now: () => Sheet): void {
  const id = drawing.peek()?.id;
  if (id !== undefined) publishing = publish({ id, now }).catch(notifyError);
}
let publishing: Promise<void> = Promise.resolve();

/** Settles when the image is what was drawn last. */
export const drawingPublished = (): Promise<void> => publishing;

/** Without the points that make no difference: it fits into links then. */
const withStroke = (before: Sheet, stroke: Stroke): Sheet => ({ ...before, strokes: [...before.strokes, { ...stroke, points: simplified(stroke.points) }] });
export const addStroke = (stroke: Stroke): void => turnTo(withStroke(sheet.peek(), stroke));
export const clearPad = (): void => turnTo(empty);

export function undo(): void {
  const before = past.peek().at(-1);
  if (before === undefined) return;
  future.value = [sheet.peek(), ...future.peek()];
  past.value = past.peek().slice(0, -1);
  put(before);
}

export function redo(): void {
  const [next, ...more] = future.peek();
  if (next === undefined) return;
  past.value = [...past.peek(), sheet.peek()];
  future.value = more;
  put(next);
}

/** Paper, what it was opened with, and the strokes since. */
export function paintSheet(context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D, { base, strokes }: Sheet): void {
  context.fillStyle = PAPER;
  context.fillRect(0, 0, PAD_SIDE, PAD_SIDE);
  if (base !== undefined) context.drawImage(base, 0, 0, PAD_SIDE, PAD_SIDE);
  for (const stroke of strokes) paintStroke(context, stroke);
}

/** A sheet as an image. */
function imageOf(painted: Sheet): Promise<Blob> {
  const canvas = new OffscreenCanvas(PAD_SIDE, PAD_SIDE);
  paintSheet(canvas.getContext('2d')!, painted);
  return canvas.convertToBlob({ type: 'image/png' });
}

/** Makes what is on a sheet the image of a drawing, strokes and pixels together. Of many changes in a short time the first and the last. */
const publish = latest<{ readonly id: string; readonly now: () => Sheet }>(async ({ id, now }) => {
  const { base, strokes } = now();
  const blob = await imageOf({ base, strokes });
  replaceOwn(id, blob, base === undefined ? packStrokes(strokes) : undefined);
});

/** A drawing that somebody sent in a link: the one that is here already, or a new one. @returns its id; undefined for text that is not a drawing */
export async function takeDrawing(text: string): Promise<string | undefined> {
  const strokes = unpackStrokes(text);
  if (strokes === undefined || strokes.length === 0) return undefined;
  const known = ownImages.peek().find((one) => one.strokes === text);
  if (known !== undefined) return known.id;
  return addOwn([{ blob: await imageOf({ ...empty, strokes }), name: words.peek().pad.name, drawn: true, strokes: text }])[0]!.id;
}
