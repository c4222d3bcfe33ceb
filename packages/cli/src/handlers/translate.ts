/** What `munit translate` does with its request. */
import { loadTranslator, translateFiles, type TranslateFilesOptions, type TranslateFilesProgress, type TranslateFilesResult } from '@munit/infer/node';
import type { Action, TranslateRequest } from '../actions.js';
import { counter } from '../counter.js';
import { messageOf, UsageError } from '../errors.js';
import { exitCodeOf, exitCodes } from '../exitCodes.js';
import type { CliIo } from '../io.js';
import { deviceNameOf } from './deviceName.js';
import { given } from './given.js';
import { chooseModel, type ModelChoice } from './source.js';

type Translator = Awaited<ReturnType<typeof loadTranslator>>;

export const translate: Action<TranslateRequest> = async (request, io, signal) => {
  const { stderr } = io;
  const chosen = await chooseModel(request.model, request.checkpoint);
  const translator = await load(chosen, request, io, signal);
  try {
    stderr.write(`Model: ${chosen.name}; device: ${translator.device.description}\n`);
    const work = counter(stderr, 'Translated');
    const result = await translateFiles({ ...(await filesOptions(translator, request, signal)), label: chosen.label, onProgress: reporter(io, work) }).catch((error: unknown) => {
      work.clear();
      if (signal.aborted) stderr.write('What is done is kept. The same command goes on with the rest.\n');
      throw error;
    });
    work.clear();
    return report(result, request, translator, chosen, io);
  } finally {
    translator.dispose();
  }
};

async function load({ source }: ModelChoice, request: TranslateRequest, { stderr }: CliIo, signal: AbortSignal): Promise<Translator> {
  const loading = counter(stderr, 'Loading the model: MB');
  const megabytes = (bytes: number): number => Math.round(bytes / 1e6);
  try {
    return await loadTranslator(source, {
      device: deviceNameOf(request.device),
      signal,
      onProgress(progress) {
        if (progress.kind === 'download' && progress.total !== undefined) loading.show(megabytes(progress.loaded), megabytes(progress.total));
      },
      ...given({ threads: request.threads, memoryLimit: request.memoryLimit }),
    });
  } finally {
    loading.clear();
  }
}

async function filesOptions(translator: Translator, request: TranslateRequest, signal: AbortSignal): Promise<TranslateFilesOptions> {
  const { inputs, out, to, styles, seed, example, interpolate, synchronized, format, grid, resume } = request;
  const common = { translator, inputs, out, to, seed, synchronized, resume, signal, ...given({ gridPath: grid }) };
  if (interpolate === undefined) {
    if (format === 'gif' || format === 'mp4') throw new UsageError('Single pictures are not films.', 'Use png, jpg or webp.');
    return { ...common, format, ...given({ styles, example }) };
  }
  if (format === 'jpg') throw new UsageError('A transition cannot be a JPEG.', 'Use webp, gif or mp4, or png for one file per frame.');
  const end = example === undefined ? undefined : await translator.styleOf(example, { domain: to, signal });
  return { ...common, interpolate: { ...interpolate, format, ...given({ end }) } };
}

function reporter({ stderr }: CliIo, work: ReturnType<typeof counter>): (progress: TranslateFilesProgress) => void {
  return (progress) => {
    if (progress.kind === 'grid') return;
    if (progress.kind === 'failed') {
      work.clear();
      stderr.write(`Not translated: ${progress.input}: ${messageOf(progress.error)}\n`);
    }
    work.show(progress.done, progress.total, progress.kind === 'band' ? `; ${progress.input}: band ${progress.band} of ${progress.bands}` : '');
  };
}

function report(result: TranslateFilesResult, request: TranslateRequest, translator: Translator, { name }: ModelChoice, { stdout }: CliIo): number {
  const { translated, skipped, failed, outputs } = result;
  const { out, grid, json } = request;
  if (json) {
    const failures = failed.map(({ input, error }) => ({ input, code: error.code, message: messageOf(error) }));
    const device = translator.device.taken;
    stdout.write(`${JSON.stringify({ model: name, device, out, grid: grid ?? null, translated, skipped, failed: failures, outputs })}\n`);
  } else {
    const parts = [`${translated} translated`, ...(skipped === 0 ? [] : [`${skipped} already there`]), ...(failed.length === 0 ? [] : [`${failed.length} failed`])];
    stdout.write(`${parts.join(', ')}: ${out}${grid === undefined || outputs.length === 0 ? '' : `, ${grid}`}\n`);
  }
  const codes = new Set(failed.map(({ error }) => exitCodeOf(error.code)));
  return codes.size === 0 ? exitCodes.ok : codes.size === 1 ? [...codes][0]! : exitCodes.data;
}
