/** The sample grids of a run as files, for the report and for TensorBoard, in bounded room however long the run is. */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { encodePng } from '@munit/images/png';
import type { SampleEvent } from '../events.js';
import { shrinkToWidth } from '../images/thumbnail.js';
import { defaultImageWidth } from '../report/history/history.js';
import { type SampleThumbnail, thinOut, thumbnail } from '../report/history/samples.js';
import { writeFileAtomicSync } from '../run/atomic.js';
import { withRunFolderErrors } from '../run/errors.js';
import type { RunPaths } from '../run/paths.js';
import type { SummaryValue } from './tensorboard.js';

const pattern = /^(\d{8,})-.*\.png$/;

/** Where a grid's full-size image lies, relative to the run folder. */
export const fileOfGrid = (grid: string, step: number): string =>
  `samples/${String(step).padStart(8, '0')}-${grid.replaceAll(/[^\w.-]/g, '_')}.png`;

interface Moment {
  readonly step: number;
  readonly bytes: number;
  readonly paths: readonly string[];
}

/** What is in the folder, rising by step. */
function listMoments(folder: string): Moment[] {
  const moments = new Map<number, Moment>();
  for (const name of readdirSync(folder)) {
    const match = pattern.exec(name);
    if (match === null) continue;
    const step = Number(match[1]);
    const path = join(folder, name);
    const earlier = moments.get(step);
    moments.set(step, { step, bytes: (earlier?.bytes ?? 0) + statSync(path).size, paths: [...(earlier?.paths ?? []), path] });
  }
  return [...moments.values()].sort((a, b) => a.step - b.step);
}

/** TensorBoard shows ten images of a series; its files cannot be thinned out later, so they get one for each tenth that a run grows. */
const tensorboardRatio = 1.1;

export interface SampleFiles {
  write(event: SampleEvent): { readonly thumbnails: SampleThumbnail[]; readonly values: SummaryValue[] };
}

/** Writes sample events' grids to `paths.samples`, which keeps at most `maxBytes`. */
export function sampleFiles(paths: RunPaths, maxBytes: number): SampleFiles {
  let moments = withRunFolderErrors(`read the sample images in ${paths.samples}`, () => listMoments(paths.samples));
  let shown: number | undefined;

  const keep = (moment: Moment): void => {
    const all = [...moments.filter(({ step }) => step !== moment.step), moment].sort((a, b) => a.step - b.step);
    moments = thinOut(all, ({ bytes }) => bytes, maxBytes);
    const kept = new Set(moments.map(({ step }) => step));
    const removed = all.filter(({ step }) => !kept.has(step)).flatMap(({ paths: files }) => files);
    withRunFolderErrors(`remove sample images in ${paths.samples}`, () => removed.forEach((file) => rmSync(file, { force: true })));
  };

  return {
    write({ step, images }) {
      // After going back to an earlier step, TensorBoard's later images are void.
      if (shown !== undefined && step < shown) shown = undefined;
      const show = shown === undefined || step / shown >= tensorboardRatio;
      if (show) shown = step;
      const files: string[] = [];
      let bytes = 0;
      const made = images.map(({ image, cells: _, ...labels }) => {
        const file = fileOfGrid(labels.name, step);
        const path = join(paths.folder, file);
        // Encoding is what takes time: once per size.
        const png = encodePng(image);
        writeFileAtomicSync(path, png);
        files.push(path);
        bytes += png.length;
        const small = shrinkToWidth(image, defaultImageWidth);
        const smallPng = small === image ? png : encodePng(small);
        const value: SummaryValue = { kind: 'image', tag: `samples/${labels.name}`, width: small.width, height: small.height, png: smallPng };
        return { thumbnail: thumbnail(labels, small, file, smallPng), value };
      });
      keep({ step, bytes, paths: files });
      return { thumbnails: made.map(({ thumbnail }) => thumbnail), values: show ? made.map(({ value }) => value) : [] };
    },
  };
}
