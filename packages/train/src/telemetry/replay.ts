/** The course of a run from its event log: what a resumed run's report starts from. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { PixelImage } from '@munit/images';
import { encodePng } from '@munit/images/png';
import { decode } from 'fast-png';
import * as z from 'zod';
import type { TrainEvent } from '../events.js';
import { shrinkToWidth } from '../images/thumbnail.js';
import { defaultImageBytes, defaultImageWidth, type RunHistory } from '../report/history/history.js';
import { thinOut, thumbnail } from '../report/history/samples.js';
import { readJsonLines } from './logFiles.js';

const entrySchema = z.looseObject({ time: z.number(), kind: z.string() });
/** Logs of earlier versions name the kind of an event `type`. */
const earlierEntrySchema = z.looseObject({ time: z.number(), type: z.string() }).transform(({ type, ...rest }) => ({ ...rest, kind: type }));

/** An event as the log holds it, with the time it happened, milliseconds since 1970. */
export type LoggedEvent = z.output<typeof entrySchema>;

/** The events in the log at `path`, in order; lines that hold no event are skipped. None where there is no log. */
export const readEventLog = (path: string): LoggedEvent[] =>
  readJsonLines(path).flatMap((line) => {
    const entry = z.union([entrySchema, earlierEntrySchema]).safeParse(line);
    return entry.success ? [entry.data] : [];
  });

const gridSchema = z.object({
  name: z.string(),
  caption: z.string().optional(),
  columns: z.array(z.string()).optional(),
  rows: z.array(z.string()).optional(),
  file: z.string(),
});
const samplesSchema = z.object({ step: z.int(), images: z.array(gridSchema) });
type Samples = z.output<typeof samplesSchema>;

/** How a sample event's grid stands in the log. */
export type LoggedGrid = z.output<typeof gridSchema>;

/** An image of a sample folder at the size of the report; its own bytes where nothing has to be made smaller. */
function readSample(path: string): { readonly image: PixelImage; readonly png: Uint8Array } | undefined {
  try {
    const png = readFileSync(path);
    const { width, height, channels, data } = decode(png);
    if ((channels !== 1 && channels !== 3) || !(data instanceof Uint8Array)) return undefined;
    const full: PixelImage = { width, height, channels, data };
    const image = shrinkToWidth(full, defaultImageWidth);
    return { image, png: image === full ? png : encodePng(image) };
  } catch {
    return undefined;
  }
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}

const sizesIn = (folder: string) => (samples: Samples): number =>
  samples.images.reduce((total, { file }) => {
    // What cannot be looked at cannot be shown either.
    return total + (sizeOf(join(folder, file)) * 4) / 3;
  }, 0);

/**
 * Applies the events in the log at `eventsPath` to `history`. Sample images are read from their files in `folder`, as many as fit into
 * the report. An invalid entry or a missing image is skipped: it is only absent from the report.
 */
export function replayEvents(history: RunHistory, eventsPath: string, folder: string): void {
  let moments: Samples[] = [];
  for (const { time, ...event } of readEventLog(eventsPath)) {
    if (event.kind === 'sample') {
      const samples = samplesSchema.safeParse(event);
      if (samples.success) moments = [...moments.filter(({ step }) => step < samples.data.step), samples.data];
      continue;
    }
    try {
      // Written by `eventToJson`: an event but for what JSON cannot say, and none of that is read here.
      history.apply(event as unknown as TrainEvent, time);
    } catch {
      continue;
    }
  }
  for (const { step, images } of thinOut(moments, sizesIn(folder), defaultImageBytes)) {
    const grids = images.flatMap(({ file, name, caption, columns, rows }) => {
      const sample = readSample(join(folder, file));
      const labels = {
        name,
        ...(caption === undefined ? {} : { caption }),
        ...(columns === undefined ? {} : { columns }),
        ...(rows === undefined ? {} : { rows }),
      };
      return sample === undefined ? [] : [thumbnail(labels, sample.image, file, sample.png)];
    });
    if (grids.length > 0) history.addSamples(step, grids);
  }
}
