/** The folder of an evaluation: what was measured with which settings, and sections that are kept. */
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isInside, realPlace, writeFileAtomically } from '@munit/formats/node';
import { UsageError } from '../errors.js';
import type { EvaluateRequest } from './request.js';
import type { Section } from './types.js';

/** What an evaluation keeps in its folder; without `resume`, it is computed again. */
const kept = ['translations', 'reconstructions', 'features', 'parts', 'sections'] as const;

const settingsIn = (folder: string): Promise<string | undefined> => readFile(join(folder, 'settings.json'), 'utf8').catch(() => undefined);

/** @throws UsageError when the folder holds an evaluation with other settings */
export async function checkSettings(folder: string, state: string, remedy: string): Promise<void> {
  const earlier = await settingsIn(folder);
  if (earlier !== undefined && earlier.trim() !== state) throw new UsageError(`${folder} holds an evaluation of another model, of other images, or with other settings.`, remedy);
}

/**
 * Makes the folder ready. Only what an evaluation has made is ever removed or taken for its own.
 * @throws UsageError when the folder holds an evaluation with other settings, or such parts of something else, or images that are to be measured
 */
export async function prepareFolder(folder: string, state: string, { resume, what, a, b }: EvaluateRequest): Promise<void> {
  const earlier = await settingsIn(folder);
  for (const part of kept) {
    const place = join(folder, part);
    if (earlier === undefined && (await readdir(place).catch(() => [])).length > 0) throw new UsageError(`${place} is there already, and no evaluation has made it.`, 'Give another --out.');
    const own = await realPlace(place);
    for (const given of [...what, a, b]) {
      if (given !== undefined && isInside(await realPlace(given), own)) throw new UsageError(`${given} lies where the evaluation keeps its own ${part}.`, 'Give another --out.');
    }
  }
  if (resume) await checkSettings(folder, state, 'Give another --out, what it was begun with, or --no-resume to measure all of it again.');
  if (!resume) for (const part of kept) await rm(join(folder, part), { recursive: true, force: true });
  for (const part of ['features', 'parts', 'sections']) await mkdir(join(folder, part), { recursive: true });
  await writeFileAtomically(join(folder, 'settings.json'), new TextEncoder().encode(`${state}\n`));
}

/** A section that is there already, or a new one. */
export async function keptSection(folder: string, name: string, make: () => Promise<Section>): Promise<Section> {
  const path = join(folder, 'sections', `${name}.json`);
  const stored = await readFile(path, 'utf8').catch(() => undefined);
  if (stored !== undefined) {
    const section = JSON.parse(stored) as Omit<Section, 'notes'> & Partial<Pick<Section, 'notes'>>;
    // In the order of its file, so that a resumed evaluation is that of one run, byte for byte; those of earlier versions had no notes.
    return { ...section, notes: section.notes ?? [] };
  }
  const section = await make();
  await writeFileAtomically(path, new TextEncoder().encode(JSON.stringify(section)));
  return section;
}
