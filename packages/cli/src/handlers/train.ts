/** What `munit train` does with its request. */
import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Domain } from '@munit/core';
import { estimateMemory, parseConfig, type PresetName, progressReporter, resolveConfig, type TrainingConfig, type TrainingConfigInput } from '@munit/train';
import { runTraining } from '@munit/train/node';
import { stringify } from 'yaml';
import type { Action, TrainRequest } from '../actions.js';
import { UsageError } from '../errors.js';
import { exitCodes } from '../exitCodes.js';
import type { CliIo } from '../io.js';
import { deviceNameOf } from './deviceName.js';

export const train: Action<TrainRequest> = async (request, io, signal) => {
  if (request.dryRun) return dryRun(await configOf(request), io);
  io.continueUnread?.();
  const config: TrainingConfigInput = request.resume ? (request.overrides as TrainingConfigInput) : await configOf(request);
  const outcome = await runTraining({
    folder: request.out,
    config,
    resume: request.resume,
    overwrite: request.overwrite,
    device: deviceNameOf(request.device),
    ...(request.threads === undefined ? {} : { threads: request.threads }),
    strict: request.strict,
    signal,
    onEvent: progressReporter({ mode: request.progress, stream: io.stderr }),
    command: ['munit', ...process.argv.slice(2)],
  });
  io.stdout.write(`${outcome.folder}\n`);
  if (outcome.reason === 'finished') return exitCodes.ok;
  io.stderr.write(`Saved at step ${outcome.step}. Continue with:  munit train --resume ${request.out}\n`);
  return exitCodes.interrupted;
};

/** The configuration file, the preset and the command line, the later over the earlier. */
async function configOf(request: TrainRequest): Promise<TrainingConfig> {
  const overrides: TrainingConfigInput = { ...imagesOf(request.data), ...request.overrides };
  const preset = request.preset as PresetName | undefined;
  if (request.config === undefined) return resolveConfig(overrides, preset);
  const text = await readFile(request.config, 'utf8').catch((cause: unknown) => {
    throw new UsageError(`The configuration ${request.config} cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'}).`, 'Check the path.');
  });
  return parseConfig(text, overrides, preset);
}

function imagesOf(data: TrainRequest['data']): TrainingConfigInput {
  if (data === undefined) return {};
  if ('set' in data) return { data_root: data.set };
  const named = (which: Domain, path: string): TrainingConfigInput =>
    isFile(path) ? { [`data_folder_train_${which}`]: dirname(path), [`data_list_train_${which}`]: path } : { [`data_folder_train_${which}`]: path };
  return { ...named('a', data.a), ...named('b', data.b) };
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

function dryRun(config: TrainingConfig, io: CliIo): number {
  const { weightsBytes, activationsBytes, totalBytes } = estimateMemory(config);
  const mib = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;
  io.stdout.write(stringify(config));
  io.stderr.write(`About ${mib(totalBytes)} of device memory: ${mib(weightsBytes)} weights and moments, ${mib(activationsBytes)} activations.\n`);
  return exitCodes.ok;
}
