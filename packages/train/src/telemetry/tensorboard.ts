/**
 * TensorBoard's event files: which values an event of a run has, TensorFlow's messages for them (event.proto, summary.proto: only the
 * fields that scalars, images and histograms use), and the TFRecord framing around each message.
 */
import type { Domain } from '@munit/core';
import type { TrainEvent } from '../events.js';
import { termLabel } from '../format.js';
import { styleDivergence } from '../report/history/history.js';

/** What TensorBoard draws: counts between rising limits, and the moments of the values. */
export interface Histogram {
  readonly min: number;
  readonly max: number;
  readonly count: number;
  readonly sum: number;
  readonly sumOfSquares: number;
  /** Upper limits; a value v falls into the first bucket with v ≤ limit. */
  readonly limits: readonly number[];
  readonly counts: readonly number[];
}

/**
 * Histogram of the finite values in `buckets` equal parts between their least and their largest.
 * Values that are not finite are left out; with none left, all figures are 0 and there is one empty bucket.
 */
export function histogram(values: ArrayLike<number>, buckets = 30): Histogram {
  let [min, max, count, sum, sumOfSquares] = [Infinity, -Infinity, 0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    sumOfSquares += value * value;
    count++;
  }
  if (count === 0) return { min: 0, max: 0, count: 0, sum: 0, sumOfSquares: 0, limits: [0], counts: [0] };
  if (min === max) return { min, max, count, sum, sumOfSquares, limits: [max], counts: [count] };
  const width = (max - min) / buckets;
  // The last limit is the maximum itself, so that rounding loses no value.
  const limits = Array.from({ length: buckets }, (_, i) => (i === buckets - 1 ? max : min + (i + 1) * width));
  const counts = limits.map(() => 0);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    let bucket = Math.min(buckets - 1, Math.max(0, Math.ceil((value - min) / width) - 1));
    while (bucket > 0 && value <= limits[bucket - 1]!) bucket--;
    while (value > limits[bucket]!) bucket++;
    counts[bucket]!++;
  }
  return { min, max, count, sum, sumOfSquares, limits, counts };
}

/** One named value of one step. */
export type SummaryValue =
  | { readonly kind: 'scalar'; readonly tag: string; readonly value: number }
  | { readonly kind: 'image'; readonly tag: string; readonly width: number; readonly height: number; readonly png: Uint8Array }
  | { readonly kind: 'histogram'; readonly tag: string; readonly histogram: Histogram };

const scalar = (tag: string, value: number): SummaryValue => ({ kind: 'scalar', tag, value });

/** The values of an event that TensorBoard shows; images apart. */
export function tensorboardValues(event: TrainEvent): SummaryValue[] {
  switch (event.kind) {
    case 'step':
      return [
        ...Object.entries(event.terms).map(([name, value]) => scalar(`loss/${termLabel(name)}`, value)),
        scalar('learning_rate/generators', event.learningRate),
        ...(event.learningRateDiscriminator === undefined ? [] : [scalar('learning_rate/discriminators', event.learningRateDiscriminator)]),
        scalar('speed/step_ms', event.stepMs),
        scalar('speed/data_wait_ms', event.dataWaitMs),
        scalar('memory/resident_bytes', event.residentBytes),
        scalar('memory/tensor_bytes', event.tensorBytes),
      ];
    case 'styles':
      return Object.entries(event.statistics).flatMap(([domain, statistics]) => {
        const values = event.values?.[domain as Domain];
        return [
          scalar(`styles/${domain}_distance_from_normal`, styleDivergence(statistics)),
          ...(values === undefined ? [] : [{ kind: 'histogram', tag: `styles/${domain}`, histogram: histogram(values) } as const]),
        ];
      });
    case 'evaluation':
      return Object.entries(event.metrics).map(([name, value]) => scalar(`evaluation/${name}`, value));
    case 'start':
    case 'resumed':
    case 'sample':
    case 'checkpoint':
    case 'warning':
    case 'nonFinite':
    case 'done':
      return [];
  }
}

// The protocol buffer wire format. Each function gives one field: key and value.

const utf8 = new TextEncoder();

function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** A whole number from 0 to 2^53 - 1 in base 128, least significant group first. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

const key = (field: number, wireType: number): Uint8Array => varint(field * 8 + wireType);

const fixed = (bytes: number, set: (view: DataView) => void): Uint8Array => {
  const view = new DataView(new ArrayBuffer(bytes));
  set(view);
  return new Uint8Array(view.buffer);
};

const integerField = (field: number, value: number): Uint8Array => concatBytes([key(field, 0), varint(value)]);

const doubleField = (field: number, value: number): Uint8Array =>
  concatBytes([key(field, 1), fixed(8, (view) => view.setFloat64(0, value, true))]);

const floatField = (field: number, value: number): Uint8Array =>
  concatBytes([key(field, 5), fixed(4, (view) => view.setFloat32(0, value, true))]);

const bytesField = (field: number, value: Uint8Array): Uint8Array =>
  concatBytes([key(field, 2), varint(value.length), value]);

const stringField = (field: number, value: string): Uint8Array => bytesField(field, utf8.encode(value));

const messageField = (field: number, parts: readonly Uint8Array[]): Uint8Array => bytesField(field, concatBytes(parts));

const packedDoublesField = (field: number, values: readonly number[]): Uint8Array =>
  bytesField(
    field,
    fixed(values.length * 8, (view) => values.forEach((value, i) => view.setFloat64(i * 8, value, true))),
  );

// Messages.

const RGB= 3;

/** Summary.Image: height = 1, width = 2, colorspace = 3, encoded_image_string = 4. */
const imageMessage = (width: number, height: number, png: Uint8Array): Uint8Array[] => [
  integerField(1, height),
  integerField(2, width),
  integerField(3, RGB),
  bytesField(4, png),
];

/** HistogramProto: min = 1, max = 2, num = 3, sum = 4, sum_squares = 5, bucket_limit = 6, bucket = 7. */
const histogramMessage = (h: Histogram): Uint8Array[] => [
  doubleField(1, h.min),
  doubleField(2, h.max),
  doubleField(3, h.count),
  doubleField(4, h.sum),
  doubleField(5, h.sumOfSquares),
  packedDoublesField(6, h.limits),
  packedDoublesField(7, h.counts),
];

/** Summary.Value: tag = 1, simple_value = 2, image = 4, histo = 5. */
function valueMessage(value: SummaryValue): Uint8Array[] {
  const tag = stringField(1, value.tag);
  switch (value.kind) {
    case 'scalar':
      return [tag, floatField(2, value.value)];
    case 'image':
      return [tag, messageField(4, imageMessage(value.width, value.height, value.png))];
    case 'histogram':
      return [tag, messageField(5, histogramMessage(value.histogram))];
  }
}

/** Event: wall_time = 1, step = 2, file_version = 3, summary = 5, session_log = 7. */
const event = (wallSeconds: number, step: number, content: Uint8Array): Uint8Array =>
  concatBytes([doubleField(1, wallSeconds), integerField(2, step), content]);

/** The first event of every file. */
export const versionEvent = (wallSeconds: number): Uint8Array => event(wallSeconds, 0, stringField(3, 'brain.Event:2'));

/** Values of one step. */
export const summaryEvent = (wallSeconds: number, step: number, values: readonly SummaryValue[]): Uint8Array =>
  event(wallSeconds, step, messageField(5, values.map((value) => messageField(1, valueMessage(value)))));

/** Tells TensorBoard that the run resumes here: what earlier files hold at `step` and later is void. (SessionLog.START = 1.) */
export const sessionStartEvent = (wallSeconds: number, step: number): Uint8Array =>
  event(wallSeconds, step, messageField(7, [integerField(1, 1)]));

// TFRecord framing.

/** CRC-32C (Castagnoli, polynomial 0x1EDC6F41, reflected 0x82F63B78), as TFRecord files use it. */
const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});

/** CRC-32C of `bytes` as an unsigned 32-bit integer. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = crcTable[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** TFRecord's mask: the checksum of bytes that contain checksums would otherwise be weak. */
export function maskedCrc32c(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** TFRecord framing: u64 length, masked CRC of the length, payload, masked CRC of the payload; all little-endian. */
export function frameRecord(payload: Uint8Array): Uint8Array {
  const out = new Uint8Array(payload.length + 16);
  const view = new DataView(out.buffer);
  view.setBigUint64(0, BigInt(payload.length), true);
  view.setUint32(8, maskedCrc32c(out.subarray(0, 8)), true);
  out.set(payload, 12);
  view.setUint32(12 + payload.length, maskedCrc32c(payload), true);
  return out;
}
