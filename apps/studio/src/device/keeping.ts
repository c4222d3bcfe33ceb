/** What this browser keeps for the page, by kind: how much it is, and how it is forgotten. */
import { signal } from '@preact/signals';
import { clearCache } from '@munit/infer';
import { part } from '../chunk.js';
import { ownImages, removeOwn } from '../image/own.js';
import { keptModels, lookForModels } from '../model/kept.js';
import { lockRun } from '../training/lock.js';
import { forgetBeside } from '../training/runs.js';
import { removeAll } from '../store.js';
import { beginAgain } from '../undo.js';
import { runsForgotten } from '../training/outside.js';
import { words } from '../words/words.js';

export type KeptKind = 'images' | 'models' | 'runs' | 'downloads';

export interface Holding {
  readonly count: number;
  /** Undefined where nobody counts it. */
  readonly bytes: number | undefined;
}

export interface Keeping {
  readonly holdings: Readonly<Record<KeptKind, Holding>>;
  readonly used: number | undefined;
  readonly quota: number | undefined;
  /** Whether the browser has promised to keep it when the disk is full. */
  readonly persistent: boolean;
}

export const keeping = signal<Keeping | undefined>(undefined);

const sum = (list: readonly { readonly bytes: number }[]): number => list.reduce((total, { bytes }) => total + bytes, 0);

async function runsHere(): Promise<readonly { readonly id: string; readonly bytes: number; readonly step: number }[]> {
  const { keptRuns } = await part(words.peek().part.runs, () => import('@munit/train/worker'));
  return keptRuns();
}

/** How many models were downloaded: each file of one is an answer in the cache. */
async function downloads(): Promise<number> {
  const names = await caches.keys();
  const counts = await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).filter(({ url }) => url.endsWith('model.json') || !url.endsWith('.safetensors')).length));
  return counts.reduce((total, count) => total + count, 0);
}

/** Looks what is kept now. */
export async function lookAtKeeping(): Promise<void> {
  const storage = navigator.storage as StorageManager | undefined;
  await lookForModels();
  const [estimate, persistent, runs, fetched] = await Promise.all([
    storage?.estimate().catch(() => undefined),
    storage?.persisted?.().catch(() => false),
    runsHere().catch(() => []),
    downloads().catch(() => 0),
  ]);
  keeping.value = {
    holdings: {
      images: { count: ownImages.peek().length, bytes: sum(ownImages.peek()) },
      models: { count: keptModels.peek().length, bytes: sum(keptModels.peek()) },
      runs: { count: runs.filter(({ step }) => step > 0).length, bytes: sum(runs) },
      downloads: { count: fetched, bytes: undefined },
    },
    used: estimate?.usage,
    quota: estimate?.quota,
    persistent: persistent === true,
  };
}

async function forgetModels(): Promise<void> {
  await removeAll('model ', 'models');
  keptModels.value = [];
}

/** Runs that are open, here or in another tab, stay. @returns how many stay */
async function forgetRuns(): Promise<number> {
  const { forgetKept } = await part(words.peek().part.runs, () => import('@munit/train/worker'));
  let open = 0;
  for (const { id } of await runsHere()) {
    const release = await lockRun(id);
    if (release === undefined) {
      open += 1;
      continue;
    }
    await forgetKept(id);
    await forgetBeside(id);
    release();
  }
  runsForgotten.value += 1;
  return open;
}

/** Forgets what is of that kind. @returns what stays nevertheless, in words; empty when nothing does */
export async function forget(kind: KeptKind | 'everything'): Promise<string> {
  const all = kind === 'everything';
  if (all || kind === 'images') {
    removeOwn(ownImages.peek().map(({ id }) => id));
    await removeAll('picture ', 'thumb ', 'pictures');
    beginAgain();
  }
  if (all || kind === 'models') await forgetModels();
  const open = all || kind === 'runs' ? await forgetRuns() : 0;
  if (all || kind === 'downloads') await clearCache();
  if (all) await removeAll('addresses', 'training draft');
  await lookAtKeeping();
  return open === 0 ? '' : words.peek().keeping.stays;
}
