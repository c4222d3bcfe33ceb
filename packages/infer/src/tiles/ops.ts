/** Ops between the convolutions of maps that are read in bands: computed on the rows that are asked for. */
import { ArgumentError } from '@munit/core';
import type { OpStep } from '@munit/layers';
import type { Rows } from './rows.js';
import { applyAffine, identityAffine } from './statistics.js';

/** What an op reads besides its input. */
export interface OpInputs {
  /** The style code, where the network appends it. */
  readonly style: Float32Array | undefined;
  /** Of a PReLU. */
  readonly slope: number | undefined;
}

/** The output of an op. @throws ArgumentError for an op that needs all of its map at once */
export function opRows(source: Rows, { op: { node } }: OpStep, { style, slope }: OpInputs): Rows {
  const { height, width, channels } = source;
  const lazily = (size: Pick<Rows, 'height' | 'width' | 'channels'>, read: Rows['read']): Rows => ({ ...size, read });
  switch (node.op) {
    case 'dropout':
      return source;
    case 'activation':
      return lazily({ height, width, channels }, async (from, to) => {
        const values = await source.read(from, to);
        applyAffine(values, identityAffine(channels), node, slope);
        return values;
      });
    case 'appendCode':
      if (style === undefined) throw new ArgumentError('The network appends a style to its maps, so a style is required.', { remedy: 'Translate in a style.' });
      return lazily({ height, width, channels: channels + node.channels }, async (from, to) => {
        const values = await source.read(from, to);
        return beside(values, channels, repeated(style, values.length / channels), node.channels);
      });
    case 'upsample':
      if (node.factor !== 2 || node.alignCorners) break;
      return lazily({ height: 2 * height, width: 2 * width, channels }, (first, last) => enlargedRows(source, first, last));
    case 'pool':
      if (node.take === 'average' && node.size === 2 && node.stride === 2 && node.padding === 0) {
        return lazily({ height: Math.floor(height / 2), width: Math.floor(width / 2), channels }, async (first, last) => halvedRows(await source.read(2 * first, 2 * last), width, channels));
      }
      break;
    default:
  }
  throw new ArgumentError(`A step '${node.op}' cannot run in bands.`, { remedy: 'Translate a smaller image, at once.' });
}

/** The channels of maps of one size together; at least one. */
export function concatenated([first, ...rest]: readonly [Rows, ...Rows[]]): Rows {
  return rest.reduce<Rows>(
    (before, next) => ({
      height: before.height,
      width: before.width,
      channels: before.channels + next.channels,
      read: async (from, to) => beside(await before.read(from, to), before.channels, await next.read(from, to), next.channels),
    }),
    first,
  );
}

function repeated(code: Float32Array, count: number): Float32Array {
  const values = new Float32Array(count * code.length);
  for (let i = 0; i < count; i++) values.set(code, i * code.length);
  return values;
}

function beside(a: Float32Array, inA: number, b: Float32Array, inB: number): Float32Array<ArrayBuffer> {
  const [pixels, channels] = [a.length / inA, inA + inB];
  const out = new Float32Array(pixels * channels);
  for (let i = 0; i < pixels; i++) {
    out.set(a.subarray(i * inA, (i + 1) * inA), i * channels);
    out.set(b.subarray(i * inB, (i + 1) * inB), i * channels + inA);
  }
  return out;
}

/** The cells of a line that a cell of the doubled one lies between, and the share of the second. */
function between(at: number, count: number): { readonly low: number; readonly high: number; readonly share: number } {
  const place = Math.max(0, (at + 0.5) / 2 - 0.5);
  const low = Math.floor(place);
  return { low, high: Math.min(low + 1, count - 1), share: place - low };
}

async function enlargedRows(source: Rows, first: number, last: number): Promise<Float32Array<ArrayBuffer>> {
  const { height, width, channels } = source;
  const from = between(first, height).low;
  const values = await source.read(from, between(last - 1, height).high + 1);
  const row = width * channels;
  const out = new Float32Array((last - first) * 2 * row);
  const columns = Array.from({ length: 2 * width }, (_, x) => between(x, width));
  for (let y = first; y < last; y++) {
    const { low, high, share } = between(y, height);
    const [top, bottom] = [(low - from) * row, (high - from) * row];
    columns.forEach(({ low: left, high: right, share: across }, x) => {
      const to = ((y - first) * 2 * width + x) * channels;
      for (let c = 0; c < channels; c++) {
        const along = (start: number): number => (1 - across) * values[start + left * channels + c]! + across * values[start + right * channels + c]!;
        out[to + c] = (1 - share) * along(top) + share * along(bottom);
      }
    });
  }
  return out;
}

function halvedRows(values: Float32Array, width: number, channels: number): Float32Array<ArrayBuffer> {
  const row = width * channels;
  const [rows, columns] = [values.length / row / 2, Math.floor(width / 2)];
  const out = new Float32Array(rows * columns * channels);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      for (let c = 0; c < channels; c++) {
        const at = 2 * y * row + 2 * x * channels + c;
        out[(y * columns + x) * channels + c] = (values[at]! + values[at + channels]! + values[at + row]! + values[at + row + channels]!) / 4;
      }
    }
  }
  return out;
}
