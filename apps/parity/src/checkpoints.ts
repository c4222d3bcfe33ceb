/** Every `checkpoint_*` folder: what the published trainer saves, read, translated with, and trained on from. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readSafetensors } from '@munit/core';
import { readCheckpoint } from '@munit/formats';
import { readTrainingRun, type TrainingRun } from '@munit/testing';
import { createNetworks, generatorsFromOfficial, parseConfig, stateFromOfficial, type TrainingConfig } from '@munit/train';
import { failure, type Line } from './line.js';
import { checkTrainingRun, checkTranslation } from './training.js';

/** The checkpoint folders in a directory of reference files. */
export function checkpointFolders(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => name.startsWith('checkpoint_') && existsSync(join(directory, name, 'expected.safetensors')))
    .sort()
    .map((name) => join(directory, name));
}

export async function checkCheckpoints(folder: string): Promise<Line[]> {
  const name = basename(folder);
  const run = readTrainingRun(readSafetensors(bytesOf(folder, 'expected.safetensors')));
  const config = parseConfig(readFileSync(join(folder, 'config.yaml'), 'utf8'), { trainer: run.trainer, ema_half_life_images: 0 });
  const files = readdirSync(folder).filter((file) => file.endsWith('.pt'));
  const lines: Line[] = [];
  for (const file of files) lines.push(...(await guarded(`${name}/${file}`, () => checkFile(folder, file, config, run))));
  // Both serialisations, from PyTorch's newest form and from the one before 1.6.
  for (const form of ['.pt', '.legacy.pt']) {
    const of = (prefix: string): string | undefined => files.find((file) => new RegExp(`^${prefix}(_\\d+)?${form.replaceAll('.', '\\.')}$`).test(file));
    const [gen, dis, optimizer] = [of('gen'), of('dis'), of('optimizer')];
    if (gen === undefined || dis === undefined || optimizer === undefined) continue;
    lines.push(
      ...(await guarded(`${name}/resumed from ${form}`, async () => {
        const official = { gen: bytesOf(folder, gen), dis: bytesOf(folder, dis), optimizer: bytesOf(folder, optimizer) };
        return checkTrainingRun(`${name}/resumed from ${form}`, run, stateFromOfficial(official, config, run.startIteration));
      })),
    );
  }
  return lines;
}

/** A generator must translate as recorded; the others must be read as what their names say. */
async function checkFile(folder: string, file: string, config: TrainingConfig, run: TrainingRun): Promise<Line[]> {
  const checkpoint = readCheckpoint(bytesOf(folder, file), { activation: config.gen.activ, padMode: config.gen.pad_type });
  const expected = file.startsWith('gen') ? 'generator' : file.startsWith('dis') ? 'discriminator' : 'optimizer';
  const label = `${basename(folder)}/${file}`;
  if (checkpoint.kind !== expected) return [failure(label, `was read as a ${checkpoint.kind}`)];
  if (checkpoint.kind !== 'generator') return [{ name: label, ratio: 0, passed: true, detail: `read as a ${checkpoint.kind}` }];
  return checkTranslation(label, createNetworks(config), generatorsFromOfficial({ gen: bytesOf(folder, file) }, config), run.translation);
}

const bytesOf = (folder: string, file: string): Uint8Array => new Uint8Array(readFileSync(join(folder, file)));

async function guarded(name: string, run: () => Promise<Line[]>): Promise<Line[]> {
  try {
    return await run();
  } catch (error) {
    return [failure(name, error)];
  }
}
