/** An image that is drawn in the page: one of the user's own, whose content changes with every stroke. */
import { computed, signal } from '@preact/signals';
import { decodePicture } from '../image/bitmap.js';
import { addOwn, choose, image, ownImages, replaceOwn } from '../image/library.js';
import { latest } from '../workers/latest.js';
import type { Pen, Stroke } from './strokes.js';

/** Pixels of a drawing's side: what the published models are trained at. */
export const PAD_SIDE = 256;
const PAPER = '#ffffff';
const NAME = 'Drawing';

interface Drawing {
  readonly id: string;
  /** What was on the paper when it was opened. */
  readonly base: ImageBitmap | undefined;
}

const open = signal<Drawing | undefined>(undefined);

/** The drawing under the pen: the image that is chosen, while its pad is open. */
export const drawing = computed(() => (open.value?.id === image.value.id ? open.value : undefined));

export const strokes = signal<readonly Stroke[]>([]);
/** Nothing is on the paper yet. */
export const blank = computed(() => strokes.value.length === 0 && drawing.value?.base === undefined);
/** What the eraser leaves is paper. */
export const erasing = signal(false);
/** As wide as the outlines of the samples are. */
export const penWidth = signal(8);
export const penColour = signal('#000000');

export const currentPen = (): Pen => ({ width: erasing.peek() ? 3 * penWidth.peek() : penWidth.peek(), colour: erasing.peek() ? PAPER : penColour.peek() });

/** An empty sheet; or, when a drawing is chosen, that one again. */
export async function openPad(): Promise<void> {
  const chosen = ownImages.peek().find(({ id, name }) => id === image.peek().id && name.startsWith(NAME));
  const id = chosen?.id ?? addOwn([{ blob: await emptySheet(), name: NAME }])[0]!.id;
  const base = chosen === undefined ? undefined : await decodePicture(chosen.blob, chosen.name);
  strokes.value = [];
  erasing.value = false;
  choose(id);
  open.value = { id, base };
}

export function closePad(): void {
  open.value = undefined;
}

export const addStroke = (stroke: Stroke): void => void (strokes.value = [...strokes.peek(), stroke]);
export const undo = (): void => void (strokes.value = strokes.peek().slice(0, -1));

/** Back to an empty sheet, which cannot be undone. */
export function clearPad(): void {
  if (open.value !== undefined) open.value = { id: open.value.id, base: undefined };
  strokes.value = [];
}

/** Paper, and what was on it. */
export function paintSheet(context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D, base: ImageBitmap | undefined): void {
  context.fillStyle = PAPER;
  context.fillRect(0, 0, PAD_SIDE, PAD_SIDE);
  if (base !== undefined) context.drawImage(base, 0, 0, PAD_SIDE, PAD_SIDE);
}

/** Makes what the canvas shows the image. Of many changes in a short time the first and the last. */
export const publish = latest<{ readonly id: string; readonly canvas: HTMLCanvasElement }>(async ({ id, canvas }) => {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (blob !== null) replaceOwn(id, blob);
});

async function emptySheet(): Promise<Blob> {
  const canvas = new OffscreenCanvas(PAD_SIDE, PAD_SIDE);
  paintSheet(canvas.getContext('2d')!, undefined);
  return canvas.convertToBlob({ type: 'image/png' });
}
