/** Models of the user's own files, from one visit to the next: as many as the browser has room for, each under an id of its own. */
import { signal } from '@preact/signals';
import { fingerprint, freeName, uniqueId, withId } from '../identity.js';
import { change, type KeptFile, pack, read, remove, unpack, write } from '../store.js';
import { notify } from '../ui/notices.js';
import { megabytes } from '../ui/numbers.js';
import type { ModelChoice } from './choice.js';
import { words } from '../words/words.js';

export type OwnModel = Extract<ModelChoice, { kind: 'files' }>;

export interface KeptModel {
  /** Of its content: the same files are the same model. Those kept earlier have their name. */
  readonly id: string;
  readonly name: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly usedAt: number;
}

type Listed = Omit<KeptModel, 'id'> & { readonly id?: string };

const LIST = 'models';
const entryOf = (id: string): string => `model ${id}`;

/** The last one used first. */
export const keptModels = signal<readonly KeptModel[]>([]);

export async function lookForModels(): Promise<void> {
  keptModels.value = complete((await read<readonly Listed[]>(LIST)) ?? []);
}

const complete = (list: readonly Listed[]): KeptModel[] => list.map((one) => ({ ...one, id: one.id ?? one.name }));

/** Changes the list as it is now, whatever other tabs did to it. */
async function changeList(next: (list: readonly KeptModel[]) => readonly KeptModel[]): Promise<boolean> {
  const done = await change<readonly Listed[]>(LIST, (old = []) => next(complete(old)));
  await lookForModels();
  return done;
}

/** A model with the id and the name under which it is kept: those that it has, or new ones. */
export async function named({ id: known, name, files }: OwnModel): Promise<Required<OwnModel>> {
  await lookForModels();
  if (known !== undefined) return { kind: 'files', id: known, name, files };
  const id = ((await fingerprint(files)) ?? uniqueId()).slice(0, 16);
  const same = keptModels.peek().find((one) => one.id === id);
  const others = new Set(keptModels.peek().map((one) => one.name));
  return { kind: 'files', id, files, name: same?.name ?? freeName(name, others) };
}

/** Keeps the files of a model that is in use. Nothing that is kept makes room for it. */
export async function keepModel({ id, name, files }: Required<OwnModel>): Promise<void> {
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const there = keptModels.peek().some((one) => one.id === id);
  const kept = there || (await write(entryOf(id), Promise.all(files.map(pack))));
  if (!kept) return notify(words.peek().model.notStored(name, megabytes(bytes)), 'error');
  await changeList((list) => [{ id, name: list.find((one) => one.id === id)?.name ?? name, bytes, usedAt: Date.now() }, ...list.filter((one) => one.id !== id)]);
}

/** The model of a link: by its id, or by its name. Undefined when this browser has none. */
export async function keptModel(wanted: string): Promise<Required<OwnModel> | undefined> {
  await lookForModels();
  const found = keptModels.peek().find(({ id, name }) => withId(name, id) === wanted || id === wanted) ?? keptModels.peek().find(({ id, name }) => name === wanted || wanted.endsWith(withId('', id)));
  const files = found && (await read<readonly KeptFile[]>(entryOf(found.id)));
  return found && files && { kind: 'files', id: found.id, name: found.name, files: files.map(unpack) };
}

export async function forgetModel(id: string): Promise<void> {
  await changeList((list) => list.filter((one) => one.id !== id));
  await remove(entryOf(id));
}

export const renameModel = async (id: string, name: string): Promise<void> =>
  void (await changeList((list) => list.map((one) => (one.id === id ? { ...one, name: freeName(name, new Set(list.filter((other) => other.id !== id).map((other) => other.name))) } : one))));
