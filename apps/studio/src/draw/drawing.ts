/** An image that is drawn in the page: one of the user's own, whose content changes with every stroke. */
import { batch, computed, signal } from '@preact/signals';
import { decodePicture } from '../image/bitmap.js';
import { choose, image } from '../image/library.js';
import { addOwn, findOwn, ownImages, removeOwn, replaceOwn } from '../image/own.js';
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
  const id = again?.id ?? addOwn([{ blob: await emptySheet(), name: words.peek().pad.name, drawn: true }])[0]!.id;
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
  sheet.value = next;
}

/** Without the points that make no difference: it fits into links then. */
export const addStroke = (stroke: Stroke): void => turnTo({ ...sheet.peek(), strokes: [...sheet.peek().strokes, { ...stroke, points: simplified(stroke.points) }] });
export const clearPad = (): void => turnTo(empty);

export function undo(): void {
  const before = past.peek().at(-1);
  if (before === undefined) return;
  future.value = [sheet.peek(), ...future.peek()];
  past.value = past.peek().slice(0, -1);
  sheet.value = before;
}

export function redo(): void {
  const [next, ...more] = future.peek();
  if (next === undefined) return;
  past.value = [...past.peek(), sheet.peek()];
  future.value = more;
  sheet.value = next;
}

/** Paper, and what was on it. */
export function paintSheet(context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D, base: ImageBitmap | undefined): void {
  context.fillStyle = PAPER;
  context.fillRect(0, 0, PAD_SIDE, PAD_SIDE);
  if (base !== undefined) context.drawImage(base, 0, 0, PAD_SIDE, PAD_SIDE);
}

/** Makes what the canvas shows the image. Of many changes in a short time the first and the last. */
export const publish = latest<{ readonly id: string; readonly canvas: HTMLCanvasElement }>(async ({ id, canvas }) => {
  const { base, strokes } = sheet.peek();
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (blob !== null) replaceOwn(id, blob, base === undefined ? packStrokes(strokes) : undefined);
});

/** A drawing that somebody sent in a link: the one that is here already, or a new one. @returns its id; undefined for text that is not a drawing */
export async function takeDrawing(text: string): Promise<string | undefined> {
  const strokes = unpackStrokes(text);
  if (strokes === undefined || strokes.length === 0) return undefined;
  const known = ownImages.peek().find((one) => one.strokes === text);
  if (known !== undefined) return known.id;
  const canvas = new OffscreenCanvas(PAD_SIDE, PAD_SIDE);
  const context = canvas.getContext('2d')!;
  paintSheet(context, undefined);
  for (const stroke of strokes) paintStroke(context, stroke);
  return addOwn([{ blob: await canvas.convertToBlob({ type: 'image/png' }), name: words.peek().pad.name, drawn: true, strokes: text }])[0]!.id;
}

async function emptySheet(): Promise<Blob> {
  const canvas = new OffscreenCanvas(PAD_SIDE, PAD_SIDE);
  paintSheet(canvas.getContext('2d')!, undefined);
  return canvas.convertToBlob({ type: 'image/png' });
}
