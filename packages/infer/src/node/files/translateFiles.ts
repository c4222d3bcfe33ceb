/** Folders in, folders out. */
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AbortedError, ArgumentError, checkOptions, DeviceLostError, MunitError } from '@munit/core';
import { removeLeftovers } from '@munit/formats/node';
import { readImageFile, unusableImage } from '@munit/images/node';
import type { StyleCode } from '../../styles.js';
import { checkAborted, checkStyleOptions } from '../../translator/schedule.js';
import type { TranslateOptions, TranslateProgress } from '../../translator/types.js';
import { modelDigest } from '../modelDigest.js';
import { checkApart } from './apart.js';
import { renderGrid } from './grid.js';
import { type Job, jobOf } from './jobs.js';
import { listInputs } from './list.js';
import { digestOf, type FileNote, noteOf, Notes } from './notes.js';
import { fileNames, transitionNames, type TranslateFilesOptions, type TranslateFilesResult } from './options.js';
import { writeOutput } from './outputs.js';
import { beginShard, checkShard, finishShard, isInShard, shardFolder } from './shards.js';

/** Inputs in the grid, and results of each. */
const GRID_ROWS = 12;
const GRID_STYLES = 12;

/** Everything that shapes the results, as JSON. */
function settingsOf(options: TranslateFilesOptions, examples: readonly number[] | undefined): Record<string, unknown> {
  const { translator, to = 'b', styles = 1, seed = 1, synchronized = false, interpolate, format = 'png', quality, label } = options;
  const numbers = (style: StyleCode | undefined): number[] | undefined => (style === undefined ? undefined : [...style]);
  const model = modelDigest(translator);
  return {
    version: 2,
    model: model ?? label,
    architecture: translator.architecture,
    to,
    styles: typeof styles === 'number' ? styles : styles.map(numbers),
    example: examples,
    seed,
    synchronized,
    format,
    quality,
    interpolate: interpolate === undefined ? undefined : { ...interpolate, start: numbers(interpolate.start), end: numbers(interpolate.end) },
  };
}

/** What ends the whole work, and not only that of one input. */
const isFatal = (error: unknown): boolean => !(error instanceof MunitError) || error instanceof AbortedError || error instanceof DeviceLostError;

/** Reads the input once: what is noted is what was translated. */
async function runJob({ input, paths, make }: Job, notes: Notes, signal: AbortSignal | undefined, onProgress: (progress: TranslateProgress) => void): Promise<void> {
  if (input.unusable !== undefined) throw unusableImage(input.path, input.unusable);
  const before = await stat(input.path).catch(() => undefined);
  const bytes = await readImageFile(input.path, signal);
  const results = await make(new File([new Uint8Array(bytes)], input.path), onProgress);
  await notes.claim(paths);
  const written: [string, FileNote][] = [];
  for (const [i, path] of paths.entries()) {
    await writeOutput(path, results[i]!);
    written.push([path, await noteOf(path, results[i]!)]);
  }
  // Times from before the reading: of what has changed since, the digest will tell.
  const { mtimeMs = 0, ctimeMs = 0 } = before ?? {};
  await notes.add(input.name, { size: bytes.length, mtimeMs, ctimeMs, sha256: digestOf(bytes) }, written);
}

/** A file that the style is taken from; undefined where it is something else. */
function exampleFile({ example }: TranslateFilesOptions): string | undefined {
  if (example instanceof URL) return example.protocol === 'file:' ? fileURLToPath(example) : undefined;
  return typeof example === 'string' && !/^(https?|data|blob|file):/.test(example) ? example : undefined;
}

function gridFile({ grid, gridPath, out, interpolate, shard }: TranslateFilesOptions): string | undefined {
  if (shard !== undefined && (grid === true || gridPath !== undefined)) {
    throw new ArgumentError('A shard has only a part of the images of a grid.', { remedy: { id: 'leave-out', option: 'grid', instead: 'merge the shards and translate again without one', text: 'Leave out the grid, or merge the shards and call this again without shard: only the grid is made then.' } });
  }
  const path = gridPath ?? (grid === true ? join(out, 'grid.png') : undefined);
  if (path !== undefined && interpolate?.format === 'mp4') {
    throw new ArgumentError('A grid shows images, and these transitions are films.', { remedy: { id: 'leave-out', option: 'grid', instead: 'write webp, gif or png', text: 'Leave out the grid, or write webp, gif or png.' } });
  }
  return path;
}

/**
 * Translates image files and folders of them, one after the other, so that memory stays flat whatever their number and sizes.
 * Results are written whole or not at all; when started again, the work continues where it stopped, and does again what has changed. A file
 * that cannot be translated is reported and skipped. Random styles depend on the seed and a file's name, not on the other files.
 * @throws DataError when nothing is found or `out` cannot be written; ArgumentError when `out` holds results of other settings or of another
 * model, or a result would take the place of an input, the example, the grid or a file that is not munit's; AbortedError
 */
export async function translateFiles(options: TranslateFilesOptions): Promise<TranslateFilesResult> {
  checkOptions('translateFiles', options, fileNames);
  const { translator, inputs, resume = true, onProgress, signal, interpolate, shard } = options;
  if (interpolate !== undefined) checkOptions('translateFiles: interpolate', interpolate, transitionNames);
  if (shard !== undefined) checkShard(shard);
  const out = shard === undefined ? options.out : shardFolder(options.out, shard);
  checkStyleOptions({ styles: options.styles, example: options.example } as TranslateOptions, translator.styleDim);
  if (interpolate !== undefined && translator.styleDim === 0) throw new ArgumentError('This model has no styles to interpolate.', { remedy: { id: 'leave-out', option: 'interpolate', text: 'Leave out interpolate.' } });
  const all = await listInputs(inputs, options.out);
  const list = shard === undefined ? all : all.filter(({ name }) => isInShard(name, shard));
  const example = options.example === undefined ? undefined : await translator.styleOf(options.example, { domain: options.to ?? 'b', signal });
  const jobs = list.map((input) => jobOf(input, { ...options, out }, example));
  const settings = settingsOf(options, example === undefined ? undefined : [...example]);
  const notes = await Notes.open(out, settings, resume);
  const grid = gridFile(options);
  await checkApart({ inputs: list.map(({ path }) => path), example: exampleFile(options), results: jobs.flatMap(({ paths }) => paths), grid }, notes, resume);
  await notes.begin(settings, resume);
  if (shard !== undefined) await beginShard(out);
  for (const folder of new Set(jobs.flatMap(({ paths }) => paths).map(dirname))) removeLeftovers(folder);

  const counts = { translated: 0, skipped: 0 };
  const failed: { input: string; error: MunitError }[] = [];
  const outputs: string[] = [];
  const rows: string[][] = [];
  for (const [i, job] of jobs.entries()) {
    checkAborted(signal, 'The translation');
    const { input } = job;
    const progress = { input: input.path, done: i + 1, total: jobs.length };
    try {
      // Of a model that nobody knows, no result is known to be its own.
      const isMade = settings['model'] !== undefined && (await notes.isMade(input.name, input.path, job.paths));
      const kind = isMade ? 'skipped' : 'translated';
      if (!isMade) {
        await runJob(job, notes, signal, (step) => {
          if (step.kind === 'band') onProgress?.({ kind: 'band', input: input.path, band: step.done, bands: step.total, done: i, total: jobs.length });
        });
      }
      counts[kind] += 1;
      outputs.push(...job.paths);
      if (rows.length < GRID_ROWS) rows.push([input.path, ...job.paths.slice(0, GRID_STYLES)]);
      onProgress?.({ kind, outputs: job.paths, ...progress });
    } catch (error) {
      if (isFatal(error)) throw error;
      failed.push({ input: input.path, error: error as MunitError });
      onProgress?.({ kind: 'failed', error: error as MunitError, ...progress });
    }
  }
  if (grid !== undefined && rows.length > 0) {
    const picture = await renderGrid(rows);
    await notes.claim([grid]);
    await writeOutput(grid, picture);
    onProgress?.({ kind: 'grid', output: grid });
  }
  if (shard !== undefined) await finishShard(out, shard, all, failed);
  return { ...counts, failed, outputs };
}
