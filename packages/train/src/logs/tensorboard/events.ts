/**
 * TensorBoard's messages (event.proto, summary.proto of TensorFlow): only the fields that scalars, pictures and histograms use.
 */
import type { Histogram } from './histogram.js';
import {
  bytesField,
  concatBytes,
  doubleField,
  floatField,
  integerField,
  messageField,
  packedDoublesField,
  stringField,
} from './protobuf.js';

/** One named value of one step. */
export type SummaryValue =
  | { readonly kind: 'scalar'; readonly tag: string; readonly value: number }
  | { readonly kind: 'image'; readonly tag: string; readonly width: number; readonly height: number; readonly png: Uint8Array }
  | { readonly kind: 'histogram'; readonly tag: string; readonly histogram: Histogram };

const RGB = 3;

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

/** Tells TensorBoard that the run goes on from here: what earlier files hold at `step` and later is void. (SessionLog.START = 1.) */
export const sessionStartEvent = (wallSeconds: number, step: number): Uint8Array =>
  event(wallSeconds, step, messageField(7, [integerField(1, 1)]));
