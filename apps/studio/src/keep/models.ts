/** Models of the user's own files, from one visit to the next. */
import { signal } from '@preact/signals';
import type { ModelChoice } from '../model/choice.js';
import { read, remove, write } from './store.js';

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

/** The last one used first. */
export const keptModels = signal<readonly KeptModel[]>([]);

export async function lookForModels(): Promise<void> {
  keptModels.value = (await read<readonly KeptModel[]>(LIST)) ?? [];
}

/** Keeps the files of a model that is in use; the one that was used longest ago makes room. */
export async function keepModel({ name, files }: OwnModel): Promise<void> {
  await lookForModels();
  const others = keptModels.peek().filter((one) => one.name !== name);
  if (!(await write(entryOf(name), files))) return;
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  await list([{ name, bytes, usedAt: Date.now() }, ...others.slice(0, MOST - 1)]);
  await Promise.all(others.slice(MOST - 1).map((old) => remove(entryOf(old.name))));
}

/** The model of that name; undefined when this browser has none. */
export async function keptModel(name: string): Promise<OwnModel | undefined> {
  const files = await read<readonly File[]>(entryOf(name));
  return files === undefined ? undefined : { kind: 'files', name, files };
}

export async function forgetModel(name: string): Promise<void> {
  await remove(entryOf(name));
  await list(keptModels.peek().filter((one) => one.name !== name));
}

async function list(models: readonly KeptModel[]): Promise<void> {
  keptModels.value = models;
  await write(LIST, models);
}
