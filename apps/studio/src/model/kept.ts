/** Models of the user's own files, from one visit to the next. */
import { signal } from '@preact/signals';
import type { ModelChoice } from './choice.js';
import { type KeptFile, pack, read, remove, unpack, write } from '../store.js';

export type OwnModel = Extract<ModelChoice, { kind: 'files' }>;

export interface KeptModel {
  readonly name: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly usedAt: number;
}

const LIST = 'models';
const entryOf = (name: string): string => `model ${name}`;

/** Checkpoints can have hundreds of megabytes. */
const MOST = 5;

/** Those whose files are in the store: written once, however often they are loaded. */
const stored = new WeakSet<OwnModel>();

/** The last one used first. */
export const keptModels = signal<readonly KeptModel[]>([]);

export async function lookForModels(): Promise<void> {
  keptModels.value = (await read<readonly KeptModel[]>(LIST)) ?? [];
}

/** Keeps the files of a model that is in use; the one that was used longest ago makes room. */
export async function keepModel(model: OwnModel): Promise<void> {
  const { name, files } = model;
  await lookForModels();
  const others = keptModels.peek().filter((one) => one.name !== name);
  const there = stored.has(model) && others.length < keptModels.peek().length;
  if (!there && !(await write(entryOf(name), Promise.all(files.map(pack))))) return;
  stored.add(model);
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  await list([{ name, bytes, usedAt: Date.now() }, ...others.slice(0, MOST - 1)]);
  await Promise.all(others.slice(MOST - 1).map((old) => remove(entryOf(old.name))));
}

/** The model of that name; undefined when this browser has none. */
export async function keptModel(name: string): Promise<OwnModel | undefined> {
  const files = await read<readonly KeptFile[]>(entryOf(name));
  if (files === undefined) return undefined;
  const model: OwnModel = { kind: 'files', name, files: files.map(unpack) };
  stored.add(model);
  return model;
}

export async function forgetModel(name: string): Promise<void> {
  await remove(entryOf(name));
  await list(keptModels.peek().filter((one) => one.name !== name));
}

async function list(models: readonly KeptModel[]): Promise<void> {
  keptModels.value = models;
  await write(LIST, models);
}
