/** The settings that a folder of results was made with, so that continuing there does not mix results of different settings. */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ArgumentError, DataError } from '@munit/core';
import { writeFileAtomically } from '@munit/formats/node';

/** In the folder of results; a point in front keeps it out of folders of images. */
const FILE = '.munit-translate.json';

async function read(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new DataError(`${path} cannot be read.`, { cause, remedy: 'Check the permissions there.' });
  });
}

/**
 * Writes the settings to `out`; when resuming, compares them with the ones that are there.
 * @throws ArgumentError when the results there were made otherwise
 */
export async function agreeOnSettings(out: string, settings: Readonly<Record<string, unknown>>, resume: boolean): Promise<void> {
  const path = join(out, FILE);
  const text = `${JSON.stringify(settings, null, 2)}\n`;
  const noted = resume ? await read(path) : undefined;
  if (noted === text) return;
  if (noted !== undefined) {
    throw new ArgumentError(`The results in ${out} were made with other settings than those given now.`, {
      remedy: { id: 'start-over', text: 'Give another folder, the same settings, or resume: false to make all of them again.' },
    });
  }
  await mkdir(out, { recursive: true }).catch((cause: unknown) => {
    throw new DataError(`The folder ${out} cannot be made.`, { cause, remedy: 'Check the path and the permissions.' });
  });
  await writeFileAtomically(path, new TextEncoder().encode(text));
}
