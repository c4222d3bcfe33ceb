/** `munit translate` of a film: what of the command's options it takes, and its work. */
import { extname } from 'node:path';
import { visible, visibleJson } from '@munit/core/text';
import type { FilmEnding, loadTranslator, translateFilm } from '@munit/infer/node';
import { counter } from '../counter.js';
import { UsageError } from '../errors.js';
import { exitCodes } from '../exitCodes.js';
import type { CliIo } from '../io.js';
import type { ModelChoice } from '../modelChoice.js';
import { createPace } from '../pace.js';
import { given } from '../values.js';
import type { TranslateRequest } from './translateRequest.js';

/** Frames over which `--stabilise` averages without a number. */
export const USUAL_WINDOW = '8';

/** As `filmEndings` of `@munit/infer`, which is loaded with the work only. */
const endings: readonly FilmEnding[] = ['mp4', 'm4v', 'mov', 'mkv', 'webm'];

/** Whether `--out` names a film, and not a folder. */
export const isFilmName = (out: string): boolean => (endings as readonly string[]).includes(extname(out).slice(1).toLowerCase());

/** Options that a film has no use for, and why. */
const unused: readonly (readonly [name: keyof TranslateRequest, why: string, instead: string])[] = [
  ['shard', 'A film is not divided into parts, for its frames follow one another.', 'Leave out --shard; in a job array give --shard none, and each task a film of its own.'],
  ['interpolate', 'A film has one style, and --interpolate goes from one to another.', 'Leave out --interpolate, or give a folder after --out.'],
  ['grid', 'A grid shows images, and this is a film.', 'Leave out --grid.'],
];

/** The request, if it is one for a film. @throws UsageError for options that a film has no use for */
export function checkFilmRequest(request: TranslateRequest, format: string | undefined): TranslateRequest {
  const { film, inputs, styles, stabilise, out } = request;
  if (!film) {
    if (stabilise === undefined) return request;
    throw new UsageError('--stabilise is for films.', 'Give --out the name of a film, such as out.mp4.');
  }
  for (const [name, why, instead] of unused) if (request[name] !== undefined) throw new UsageError(why, instead);
  if (styles !== undefined && styles > 1) throw new UsageError('A film has one style, and --styles asks for several.', 'Leave out --styles, and translate again with another --seed.');
  if (format !== undefined) throw new UsageError(`The name ${out} says what the film is, and so does --format.`, 'Leave out --format.');
  if (inputs.length !== 1) throw new UsageError(`${out} is one film, but ${inputs.length} inputs were given.`, 'Give one film; images go into a folder, such as --out translated.');
  return request;
}

/** @throws UsageError when an input is a film, but the results go into a folder */
export async function checkNoFilms(inputs: readonly string[]): Promise<void> {
  const { kindOfFileAt } = await import('@munit/images/node');
  for (const input of inputs) {
    const kind = await kindOfFileAt(input);
    if (kind?.what.startsWith('a film') === true) throw new UsageError(`${input} is ${kind.what}.`, 'Give --out the name of a film, such as out.mp4.');
  }
}

type Translator = Awaited<ReturnType<typeof loadTranslator>>;
type Result = Awaited<ReturnType<typeof translateFilm>>;

/** Translates one film. */
export async function runFilm(translator: Translator, request: TranslateRequest, { name }: ModelChoice, io: CliIo, signal: AbortSignal): Promise<number> {
  const [{ translateFilm }, { formatDuration }] = await Promise.all([import('@munit/infer/node'), import('@munit/train')]);
  const { stdout, stderr } = io;
  const { inputs, out, to, seed, example, stabilise, resume, json } = request;
  const input = inputs[0]!;
  const work = counter(stderr, 'Frame');
  const paceOf = createPace();
  const began = performance.now();
  const result = await translateFilm({
    translator,
    input,
    out,
    to,
    seed,
    resume,
    signal,
    ...given({ example, stabilise }),
    onProgress(progress) {
      if (progress.kind === 'joining') return work.clear();
      if (progress.kind === 'opened') {
        const { format, width, height, frames, kept } = progress;
        stderr.write(`Film: ${format}; ${width}×${height}, ${frames} frame${frames === 1 ? '' : 's'}${kept === 0 ? '' : `, ${kept} of them already there`}\n`);
        return;
      }
      const { perSecond, secondsLeft } = paceOf(progress.done, progress.total);
      work.show(progress.done, progress.total, perSecond === undefined ? '' : `; ${perSecond.toFixed(perSecond < 10 ? 1 : 0)} frames a second, ${formatDuration(secondsLeft!)} left`);
    },
  }).catch((error: unknown) => {
    work.clear();
    if (signal.aborted) stderr.write('What is done is kept. The same command continues with the rest.\n');
    throw error;
  });
  work.clear();
  const seconds = (performance.now() - began) / 1000;
  if (json) stdout.write(`${visibleJson({ model: name, device: translator.device.taken, input, out, ...result, seconds })}\n`);
  else stdout.write(`${summaryOf(result, formatDuration(seconds))}: ${visible(out)}\n`);
  return exitCodes.ok;
}

function summaryOf({ translated, kept, missing, sound }: Result, duration: string): string {
  const frames = (count: number): string => `${count} frame${count === 1 ? '' : 's'}`;
  const changed = sound.filter(({ as }) => as !== 'copied').map(({ codec, as }) => `, sound changed from ${codec} to ${as}`);
  return [
    translated === 0 ? `${frames(kept)} already there` : `${frames(translated)} translated in ${duration}`,
    ...(translated > 0 && kept > 0 ? [`, ${kept} already there`] : []),
    ...(missing > 0 ? [`, ${missing} could not be decoded and are left out`] : []),
    ...changed,
    ...(sound.length === 0 ? [', no sound'] : []),
  ].join('');
}
