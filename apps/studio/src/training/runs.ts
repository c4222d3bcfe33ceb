/** What this browser keeps of a run beside its checkpoint: its images, and how it went. */
import { domains, type PerDomain, perDomain } from '@munit/core';
import { shrunk, withDecoded } from '../image/bitmap.js';
import { type KeptFile, pack, read, removeAll, unpack, write } from '../store.js';
import type { Point } from './history.js';
import type { Shot } from './samples.js';
import type { Sets, SourceNote, Settings } from './settings.js';
import { words } from '../words/words.js';

/** What is noted with a run that this browser keeps. */
export type RunRecord = {
  readonly name: string;
  readonly source: SourceNote;
  readonly settings: Settings;
};

/** Earlier versions kept one run, without a name. */
export type SavedNote = Omit<RunRecord, 'name'> & { readonly name?: string };

export const nameOfSource = (source: SourceNote): string => (source.kind === 'synthetic' ? words.value.setup.builtIn : words.value.setup.nameOf(source.names.a, source.names.b));

const prefix = (run: string): string => `run ${run} `;

/** A camera's image is far larger than what is trained on: it would take all the room there is, and long to decode each time. */
const LARGE_BYTES = 1e6;
const KEPT_SIDE = 512;

/** Images as a run takes them, now and when it is continued: large ones made smaller, those that cannot be read as they are. */
export async function prepared(files: readonly File[], onFile: () => void): Promise<File[]> {
  const made: File[] = [];
  for (const file of files) {
    made.push(file.size <= LARGE_BYTES ? file : await smaller(file).catch(() => file));
    onFile();
  }
  return made;
}

const smaller = (file: File): Promise<File> =>
  withDecoded(file, file.name, async (whole) => {
    const small = await shrunk(whole, Math.min(KEPT_SIDE, whole.width, whole.height));
    const canvas = new OffscreenCanvas(small.width, small.height);
    const context = canvas.getContext('2d')!;
    context.drawImage(small, 0, 0);
    small.close();
    return new File([await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.95 })], file.name, { type: 'image/jpeg' });
  });

type Counts = PerDomain<number>;

/** @returns whether all are kept */
export async function keepImages(run: string, sets: Sets): Promise<boolean> {
  for (const domain of domains) {
    for (const [i, file] of sets[domain].entries()) if (!(await write(`${prefix(run)}${domain} ${i}`, pack(file)))) return false;
  }
  return write(`${prefix(run)}images`, perDomain((domain) => sets[domain].length) satisfies Counts);
}

/** The images of a run; undefined when they are not kept whole. */
export async function keptImages(run: string): Promise<Sets | undefined> {
  const counts = await read<Counts>(`${prefix(run)}images`);
  if (counts === undefined) return undefined;
  const found = { a: [] as File[], b: [] as File[] };
  for (const domain of domains) {
    for (let i = 0; i < counts[domain]; i++) {
      const file = await read<KeptFile>(`${prefix(run)}${domain} ${i}`);
      if (file === undefined) return undefined;
      found[domain].push(unpack(file));
    }
  }
  return found;
}

export const hasImages = async (run: string): Promise<boolean> => (await read<Counts>(`${prefix(run)}images`)) !== undefined;

/** Losses and samples, as the page shows them. */
export interface Story {
  readonly steps: readonly number[];
  readonly points: readonly Point[];
  readonly shots: readonly Shot[];
}

export const keepStory = (run: string, story: Story): Promise<boolean> => write(`${prefix(run)}story`, story);

export const keptStory = (run: string): Promise<Story | undefined> => read<Story>(`${prefix(run)}story`);

export const forgetBeside = (run: string): Promise<void> => removeAll(prefix(run));

