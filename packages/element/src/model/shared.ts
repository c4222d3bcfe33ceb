/** Models in workers, shared: elements that show the same model on the same device have one worker between them. */
import { AbortedError, ArgumentError, ChannelError, type DeviceName } from '@munit/core';
import { retire } from '@munit/core/channel';
import type { LoadTranslatorProgress } from '@munit/infer';
import { TranslatorClient } from '@munit/infer/worker';

/** Devices that can be asked for. */
type WishedDevice = Extract<DeviceName, 'webgpu' | 'simd' | 'cpu'> | 'auto';

/** Which model, and who starts its worker. */
export interface ModelWish {
  /** Absolute, or `hf:owner/name`. */
  readonly address: string;
  readonly device: WishedDevice;
  readonly startWorker: () => Worker;
}

const devices: readonly string[] = ['auto', 'webgpu', 'simd', 'cpu'] satisfies WishedDevice[];

/** What the attributes `src` and `device` ask for. @throws ArgumentError for an invalid address or device */
export function wishOf(src: string, device: string, startWorker: () => Worker): ModelWish {
  if (!devices.includes(device)) throw new ArgumentError(`device="${device}" is not a device.`, { remedy: `Use one of ${devices.join(', ')}.` });
  if (src.startsWith('hf:')) return { address: src, device: device as WishedDevice, startWorker };
  if (!URL.canParse(src, document.baseURI)) throw new ArgumentError(`src="${src}" is not an address of a model.`, { remedy: 'Use the address of a model folder, or hf:owner/name.' });
  return { address: new URL(src, document.baseURI).href, device: device as WishedDevice, startWorker };
}

/** A use of a model that others may use too. */
export interface ModelLease {
  /** The model, when it is loaded. */
  readonly ready: Promise<TranslatorClient>;
  /** Runs `work` when nothing else is computed with the model. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Ends the use: the last one ends the worker. */
  release(): void;
}

interface Shared {
  readonly ready: Promise<TranslatorClient>;
  readonly worker: Worker;
  readonly abort: AbortController;
  readonly listeners: Set<(progress: LoadTranslatorProgress) => void>;
  users: number;
  /** Settles when the work that was asked for before is done. */
  turn: Promise<unknown>;
}

const models = new Map<string, Shared>();

function start(key: string, { address, device, startWorker }: ModelWish): Shared {
  const worker = startWorker();
  const abort = new AbortController();
  const listeners: Shared['listeners'] = new Set();
  const onProgress = (progress: LoadTranslatorProgress): void => {
    for (const listener of listeners) listener(progress);
  };
  const ready = TranslatorClient.load(worker, address, { device, signal: abort.signal, onProgress });
  const shared: Shared = { ready, worker, abort, listeners, users: 0, turn: ready.catch(() => undefined) };
  models.set(key, shared);
  const forget = (): void => {
    if (models.get(key) === shared) models.delete(key);
  };
  // Whoever asks next loads it again.
  ready.catch(() => {
    forget();
    void retire(worker);
  });
  worker.addEventListener('error', forget);
  return shared;
}

/** @param onProgress hears how far loading is, also when another element began it */
export function leaseModel(wish: ModelWish, onProgress: (progress: LoadTranslatorProgress) => void): ModelLease {
  const key = `${wish.device} ${wish.address}`;
  const shared = models.get(key) ?? start(key, wish);
  shared.users += 1;
  shared.listeners.add(onProgress);
  let held = true;
  const release = (): void => {
    if (!held) return;
    held = false;
    shared.users -= 1;
    shared.listeners.delete(onProgress);
    if (shared.users > 0) return;
    if (models.get(key) === shared) models.delete(key);
    shared.abort.abort();
    shared.ready.then((translator) => translator.dispose(), () => undefined).then(() => retire(shared.worker), () => undefined);
  };
  const run = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = shared.turn.then(() => {
      if (!held) throw new AbortedError('The model is no longer in use.');
      return work();
    });
    shared.turn = mine.catch(() => undefined);
    return mine;
  };
  return { ready: shared.ready, run, release };
}

/** Whether an error means that the worker has ended, and the model must be loaded again. */
export const workerEnded = (error: unknown): boolean => error instanceof ChannelError;
