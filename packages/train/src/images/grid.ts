import { ArgumentError } from '@munit/core';
import type { PixelImage, Rgb } from '@munit/images';
import type { ContactRow, SampleGrid } from '../events.js';
import { drawText, fitText, glyphHeight, textWidth } from './font.js';

/** How `composeGrid` lays out its images. */
export interface GridOptions {
  /** Pixels between images and around them. */
  readonly gap?: number;
  /** Colour between the images, 0 to 255 for each channel. Default white. */
  readonly background?: Rgb;
  /** Colour of the labels. Default grey. */
  readonly ink?: Rgb;
  /** Drawn above the columns. */
  readonly columns?: readonly string[];
}

const white: Rgb = [255, 255, 255];
const grey: Rgb = [96, 96, 96];

interface Canvas extends PixelImage {
  readonly channels: 3;
}

function blank(width: number, height: number, [red, green, blue]: Rgb): Canvas {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i += 3) {
    data[i] = red;
    data[i + 1] = green;
    data[i + 2] = blue;
  }
  return { width, height, channels: 3, data };
}

/** Copies `image` (grey becomes colour) onto `canvas` with its top left corner at (left, top). */
function paste(canvas: Canvas, image: PixelImage, left: number, top: number): void {
  const { width, height, channels, data } = image;
  for (let y = 0; y < height; y++) {
    const to = ((top + y) * canvas.width + left) * 3;
    const from = y * width * channels;
    if (channels === 3) {
      canvas.data.set(data.subarray(from, from + width * 3), to);
    } else {
      for (let x = 0; x < width; x++) canvas.data.fill(data[from + x]!, to + x * 3, to + x * 3 + 3);
    }
  }
}

function label(canvas: Canvas, text: string, left: number, top: number, width: number, scale: number, ink: Rgb): void {
  const fitted = fitText(text, width, scale);
  const start = left + Math.floor((width - textWidth(fitted, scale)) / 2);
  drawText(fitted, scale, (x, y) => canvas.data.set(ink, ((top + y) * canvas.width + start + x) * 3));
}

/** What a label may widen a column to, in pixels at the smallest letters: 12 of them. */
const MOST_HEAD = 47;

/** Larger images get larger letters: two pixels from 64 px on, four from 256 px on. */
const letterScale = (width: number): number => (width >= 256 ? 4 : width >= 64 ? 2 : 1);

/**
 * Rows of images as one RGB image. A cell may be empty (`undefined`); rows may differ in length; a column is as wide as its largest image or
 * its label, and a row as high as its largest image; what is smaller is centred.
 *
 * @throws ArgumentError when there is no image at all.
 */
export function composeGrid(rows: readonly (readonly (PixelImage | undefined)[])[], options: GridOptions = {}): PixelImage {
  const { gap = 2, background = white, ink = grey, columns } = options;
  const count = Math.max(0, ...rows.map((row) => row.length));
  if (!rows.some((row) => row.some((cell) => cell !== undefined))) {
    throw new ArgumentError(`A grid needs at least one image; got ${rows.length} rows without any.`);
  }
  const images = Array.from({ length: count }, (_, x) => Math.max(0, ...rows.map((row) => row[x]?.width ?? 0)));
  const scale = letterScale(Math.max(...images));
  // The smallest images are narrower than the words above them.
  const widths = images.map((width, x) => Math.max(width, Math.min(textWidth(columns?.[x] ?? '', scale), MOST_HEAD * scale)));
  const heights = rows.map((row) => Math.max(0, ...row.map((cell) => cell?.height ?? 0)));
  const head = columns === undefined ? 0 : (glyphHeight + 2) * scale;
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const canvas = blank(sum(widths) + gap * (count + 1), head + sum(heights) + gap * (rows.length + 1), background);

  let left = gap;
  widths.forEach((width, x) => {
    const text = columns?.[x];
    if (text !== undefined) label(canvas, text, left, gap + scale, width, scale, ink);
    let top = head + gap;
    rows.forEach((row, y) => {
      const cell = row[x];
      if (cell !== undefined) {
        paste(canvas, cell, left + Math.floor((width - cell.width) / 2), top + Math.floor((heights[y]! - cell.height) / 2));
      }
      top += heights[y]! + gap;
    });
    left += width + gap;
  });
  return canvas;
}

/** What `contactSheet` shows. */
export interface ContactSheetOptions {
  /** Short name, fit for a file name: `a-to-b`. */
  readonly name: string;
  /** One sentence on what is to be seen. */
  readonly caption?: string;
  /** One row for each input. */
  readonly rows: readonly ContactRow[];
}

/**
 * One direction of a model on fixed inputs, a row per input: input | reconstruction | style 1 … n | example | in its style.
 * The columns stay in place when a row lacks a part of it.
 *
 * @throws ArgumentError when there are no rows.
 */
export function contactSheet({ name, caption, rows }: ContactSheetOptions): SampleGrid {
  const styles = Math.max(0, ...rows.map((row) => row.styles.length));
  const reconstruction = rows.some((row) => row.reconstruction !== undefined);
  const guided = rows.some((row) => row.guided !== undefined);
  const columns = [
    'input',
    ...(reconstruction ? ['rebuilt'] : []),
    ...Array.from({ length: styles }, (_, i) => `style ${i + 1}`),
    ...(guided ? ['example', 'guided'] : []),
  ];
  const cells = rows.map((row) => [
    row.input,
    ...(reconstruction ? [row.reconstruction] : []),
    ...Array.from({ length: styles }, (_, i) => row.styles[i]),
    ...(guided ? [row.guided?.example, row.guided?.output] : []),
  ]);
  return {
    name,
    image: composeGrid(cells, { columns }),
    columns,
    rows: rows.map((row) => row.name),
    cells: rows,
    ...(caption === undefined ? {} : { caption }),
  };
}
