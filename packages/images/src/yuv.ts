/** Pixels of films: brightness (Y) and two differences of colour (Cb, Cr), which mostly come at half the size. */
import { ShapeError } from '@munit/core/errors';
import type { PixelImage, Size } from './types.js';

/** Which share each primary has in the brightness: ITU-R BT.601 (standard definition), BT.709 (high definition), BT.2020. */
export type YuvMatrix = 'bt601' | 'bt709' | 'bt2020';

/** Kr and Kb; Kg is what is left of 1. */
const shares: Readonly<Record<YuvMatrix, readonly [red: number, blue: number]>> = { bt601: [0.299, 0.114], bt709: [0.2126, 0.0722], bt2020: [0.2627, 0.0593] };

/** One plane of a frame. */
export interface YuvPlane {
  /** Values from 0 to 255; other planes may lie in it too. */
  readonly data: Uint8Array;
  /** The place of the first value. */
  readonly at: number;
  /** Places from one row to the next. */
  readonly row: number;
  /** Places from one value to the next. */
  readonly step: number;
}

/** An 8-bit frame. */
export interface YuvImage extends Size {
  /** Brightness, a value for each pixel. */
  readonly y: YuvPlane;
  /** Blue less the brightness. */
  readonly cb: YuvPlane;
  /** Red less the brightness. */
  readonly cr: YuvPlane;
  /** Pixels that share a colour, across and down: 2, 2 (4:2:0), 2, 1 (4:2:2) or 1, 1 (4:4:4). */
  readonly shared: readonly [across: number, down: number];
  /** Which colours the differences are of. */
  readonly matrix: YuvMatrix;
  /** Whether 0 and 255 are black and white; otherwise 16 and 235, and colours from 16 to 240. */
  readonly fullRange: boolean;
}

const clampByte = (value: number): number => (value <= 0 ? 0 : value >= 255 ? 255 : Math.round(value));

/** R = Y + 2 (1 − Kr) Cr, B = Y + 2 (1 − Kb) Cb, G = (Y − Kr R − Kb B) / Kg, of Y in [0, 1] and Cb, Cr in [−½, ½]. */
export function rgbOfYuv({ width, height, y, cb, cr, shared: [across, down], matrix, fullRange }: YuvImage): PixelImage {
  const [kr, kb] = shares[matrix];
  const kg = 1 - kr - kb;
  const [black, levels, colours] = fullRange ? [0, 255, 255] : [16, 219, 224];
  const data = new Uint8Array(width * height * 3);
  let to = 0;
  for (let row = 0; row < height; row++) {
    const [yRow, colourRow] = [y.at + row * y.row, Math.floor(row / down)];
    for (let column = 0; column < width; column++) {
      const colour = Math.floor(column / across);
      const luma = ((y.data[yRow + column * y.step]! - black) * 255) / levels;
      const blueness = ((cb.data[cb.at + colourRow * cb.row + colour * cb.step]! - 128) * 255) / colours;
      const redness = ((cr.data[cr.at + colourRow * cr.row + colour * cr.step]! - 128) * 255) / colours;
      const red = luma + 2 * (1 - kr) * redness;
      const blue = luma + 2 * (1 - kb) * blueness;
      data[to++] = clampByte(red);
      data[to++] = clampByte((luma - kr * red - kb * blue) / kg);
      data[to++] = clampByte(blue);
    }
  }
  return { width, height, channels: 3, data };
}

/**
 * An image as encoders take it: 4:2:0 in the limited range, the plane of Y and then those of Cb and Cr, each colour the mean of its four
 * pixels. Grey images are grey films.
 * @throws ShapeError for a width or height that is odd
 */
export function yuv420OfPixels({ width, height, channels, data }: PixelImage, matrix: YuvMatrix): Uint8Array<ArrayBuffer> {
  if (width % 2 !== 0 || height % 2 !== 0) throw new ShapeError(`A frame in 4:2:0 has an even width and height, but this one is ${width}×${height}.`, { remedy: 'Repeat its last column or row.' });
  const [kr, kb] = shares[matrix];
  const half = width / 2;
  const [cbAt, crAt] = [width * height, width * height + (half * height) / 2];
  const out = new Uint8Array(crAt + (half * height) / 2);
  const [green, blue] = channels === 1 ? [0, 0] : [1, 2];
  for (let row = 0; row < height; row += 2) {
    for (let column = 0; column < width; column += 2) {
      let [cb, cr] = [0, 0];
      for (let i = 0; i < 4; i++) {
        const at = (row + (i >> 1)) * width + column + (i & 1);
        const [r, g, b] = [data[at * channels]!, data[at * channels + green]!, data[at * channels + blue]!];
        const luma = kr * r + (1 - kr - kb) * g + kb * b;
        out[at] = clampByte(16 + (219 * luma) / 255);
        cb += (b - luma) / (2 * (1 - kb));
        cr += (r - luma) / (2 * (1 - kr));
      }
      const colour = (row / 2) * half + column / 2;
      out[cbAt + colour] = clampByte(128 + (224 * cb) / 255 / 4);
      out[crAt + colour] = clampByte(128 + (224 * cr) / 255 / 4);
    }
  }
  return out;
}

/** With an even width and height, as encoders want it: the last column and row are repeated where they are odd. */
export function evenSized<I extends Size & { readonly channels: number; readonly data: Uint8Array | Uint8ClampedArray }>(image: I): I {
  const { width, height, channels, data } = image;
  if (width % 2 === 0 && height % 2 === 0) return image;
  const [w, h] = [width + (width % 2), height + (height % 2)];
  const out = new Uint8Array(w * h * channels);
  for (let y = 0; y < h; y++) {
    const from = Math.min(y, height - 1) * width * channels;
    out.set(data.subarray(from, from + width * channels), y * w * channels);
    if (w > width) out.set(data.subarray(from + (width - 1) * channels, from + width * channels), (y * w + width) * channels);
  }
  return { ...image, width: w, height: h, data: out };
}
