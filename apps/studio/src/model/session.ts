/** The model in use: loaded in a worker of its own, replaced when the next one is ready. */
import { signal } from '@preact/signals';
import { DeviceError, type DeviceName, DeviceUnavailableError } from '@munit/core';
import type { LoadTranslatorProgress } from '@munit/infer';
import { TranslatorClient } from '@munit/infer/worker';
import { nameIn } from '../identity.js';
import { notify, notifyError } from '../ui/notices.js';
import { retire } from '@munit/core/channel';
import { allow, isAllowed } from './allowed.js';
import { bundledModels } from './bundled.js';
import { addressOf, choiceOfFiles, type LinkedModel, type ModelChoice, nameOf } from './choice.js';
import { keepModel, keptModel, named } from './kept.js';
import { describeStep, type LoadStep } from './progress.js';
import { choiceOfZip, isZip } from './zip.js';
import { words } from '../words/words.js';

export interface LoadedModel {
  readonly choice: ModelChoice;
  readonly translator: TranslatorClient;
  readonly worker: Worker;
  /** Counts models: what was made by an earlier one is of no use. */
  readonly epoch: number;
}

export interface Loading extends LoadStep {
  readonly choice: ModelChoice;
}

export type DeviceWish = Extract<DeviceName, 'webgpu' | 'simd'> | 'auto';

export const model = signal<LoadedModel | undefined>(undefined);
export const loading = signal<Loading | undefined>(undefined);
export const failure = signal<{ readonly choice: ModelChoice; readonly error: Error } | undefined>(undefined);
export const deviceWish = signal<DeviceWish>('auto');
/** A link names a model elsewhere in the web: its user says whether to fetch it. */
export const proposed = signal<Extract<ModelChoice, { kind: 'address' }> | undefined>(undefined);

/** A worker that dies is started again, but not in a circle. */
const RESTART_AFTER_MS = 30_000;

let epoch = 0;
let abort = new AbortController();
let restartedAt = -Infinity;

/** Loads a model; the one in use stays until the new one is ready, and when that fails. */
export async function loadModel(choice: ModelChoice): Promise<void> {
  abort.abort();
  abort = new AbortController();
  const { signal: stop } = abort;
  failure.value = undefined;
  proposed.value = undefined;
  loading.value = { choice, label: words.peek().loading.starting, fraction: undefined };
  if (choice.kind === 'address') void allow(choice.address);
  const worker = new Worker(new URL('../workers/translator.worker.ts', import.meta.url), { type: 'module', name: 'translator' });
  try {
    const source = choice.kind === 'files' ? choice.files : addressOf(choice);
    const onProgress = (progress: LoadTranslatorProgress): void => {
      if (!stop.aborted) loading.value = { choice, ...describeStep(progress) };
      if (progress.kind === 'cache' && progress.event === 'skipped') notify(notCached(progress.reason));
    };
    const single = choice.kind === 'files' && choice.files.length === 1 ? choice.files[0]! : source;
    const own = choice.kind !== 'files' ? undefined : named(choice);
    const translator = await TranslatorClient.load(worker, single, { device: deviceWish.value, signal: stop, onProgress });
    const mine = await own;
    if (stop.aborted) return void retire(worker);
    use({ choice: mine ?? choice, translator, worker, epoch: ++epoch });
    if (mine !== undefined) void keepModel(mine);
  } catch (error) {
    void retire(worker);
    if (stop.aborted) return;
    if (error instanceof DeviceUnavailableError && deviceWish.peek() !== 'auto') {
      // A link may wish for a device that this machine has not.
      deviceWish.value = 'auto';
      notify(error.message);
      void loadModel(choice);
      return;
    }
    failure.value = { choice, error: error instanceof Error ? error : new Error(String(error)) };
    const { message } = failure.value.error;
    notify(message.includes(nameOf(choice)) ? message : words.peek().model.unusable(nameOf(choice), message), 'error');
  } finally {
    if (!stop.aborted) loading.value = undefined;
  }
}

/** A model of the user's own files: those of a folder, one checkpoint, or an archive. */
export async function loadFiles(files: readonly File[]): Promise<void> {
  try {
    const archive = files.find(isZip);
    await loadModel(archive === undefined ? choiceOfFiles(files) : await choiceOfZip(archive));
  } catch (error) {
    notifyError(error);
  }
}

/** What a link names. What it names in vain is said, and the first bundled model takes its place. */
export async function loadLinked(linked: LinkedModel): Promise<void> {
  if (linked === undefined) return;
  if (linked.kind === 'elsewhere') {
    const kept = await keptModel(linked.name);
    if (kept !== undefined) return loadModel(kept);
    notify(words.peek().model.notHere(nameIn(linked.name)), 'error');
  } else if (linked.kind === 'unknown') {
    notify(words.peek().model.unknown(linked.text, bundledModels.map(({ id }) => id).join(', ')), 'error');
  } else if (linked.kind === 'address' && !(await isAllowed(linked.address))) {
    proposed.value = linked;
    return;
  } else return loadModel(linked);
  if (model.peek() === undefined) return loadModel({ kind: 'bundled', id: bundledModels[0].id });
}

export function cancelLoading(): void {
  abort.abort();
  loading.value = undefined;
}

function use(loaded: LoadedModel): void {
  const before = model.peek();
  model.value = loaded;
  if (before !== undefined) end(before);
  loaded.worker.addEventListener('error', () => died(loaded));
}

function end({ translator, worker }: LoadedModel): void {
  translator.dispose();
  void retire(worker);
}

function died(loaded: LoadedModel): void {
  if (model.peek()?.epoch !== loaded.epoch) return;
  end(loaded);
  model.value = undefined;
  if (performance.now() - restartedAt < RESTART_AFTER_MS) {
    const error = new DeviceError(words.peek().model.failedTwice, { remedy: words.peek().model.failedTwiceRemedy });
    failure.value = { choice: loaded.choice, error };
    return notifyError(error);
  }
  restartedAt = performance.now();
  notify(words.peek().model.failed(nameOf(loaded.choice)));
  void loadModel(loaded.choice);
}

const notCached = (reason: string | undefined): string => (reason === undefined ? words.peek().model.notCached : words.peek().model.notCachedBecause(reason));
