/** The worker that trains: all networks, images and checkpoints are here. */
import { estimateMemory, type MemoryCheckpoint, MunitError, openTraining, resolveConfig, type Training } from '@munit/train/browser';
import { configOf } from '../settings.js';
import type { Call, CallName, Calls, FromWorker, Opened, OpenRequest, SentError, Source, SourceNote } from './protocol.js';
import { discardStored, keepRun, loadStored, storedRun } from './store.js';

type Handlers = { readonly [Name in CallName]: (args: Calls[Name]['args']) => Promise<Calls[Name]['result']> };

let training: Training | undefined;
let keep: ((checkpoint: MemoryCheckpoint) => Promise<void>) | undefined;

const send = (message: FromWorker): void => globalThis.postMessage(message);

function current(): Training {
  if (training === undefined) throw new Error('Nothing is being trained.');
  return training;
}

function noteOf(source: Source): SourceNote {
  return source.kind === 'synthetic' ? source : { ...source, a: source.a.length, b: source.b.length };
}

function describe({ device, completedSteps, config, memoryEstimateBytes }: Training): Opened {
  return { device, step: completedSteps, totalSteps: config.max_iter, memoryEstimateBytes };
}

/** A run that waits is kept too: who closes the page then loses nothing. Where there is no room, the run itself has said so. */
async function keepCurrent(): Promise<void> {
  await keep?.(await current().checkpoint()).catch(() => undefined);
}

/** Pictures of this moment, between those that the run makes by itself. Nobody waits for them. */
function show(): void {
  const shown = current();
  const step = shown.completedSteps;
  // What fails here fails the run as well, which says so.
  shown.sample().then(
    (images) => send({ kind: 'event', event: { kind: 'sample', step, images } }),
    () => undefined,
  );
}

async function open({ source, settings, device, resume }: OpenRequest): Promise<Opened> {
  const checkpoint = resume === 'current' ? (await current().checkpoint()).bytes : resume === 'stored' ? await loadStored() : undefined;
  await training?.dispose();
  training = undefined;
  const keepHere = (checkpoint: MemoryCheckpoint): Promise<void> => keepRun(checkpoint, { source: noteOf(source), settings });
  const sets = source.kind === 'synthetic' ? { synthetic: { count: source.count } } : { a: source.a, b: source.b, names: source.names };
  training = await openTraining({
    sets,
    device,
    ...(checkpoint === undefined ? { preset: 'quick' as const, config: configOf(settings, source.kind === 'files') } : { resume: checkpoint, config: { max_iter: settings.steps } }),
    keep: keepHere,
    onEvent: (event) => send({ kind: 'event', event }),
  });
  keep = keepHere;
  show();
  return describe(training);
}

const handlers: Handlers = {
  stored: storedRun,
  async discard() {
    await discardStored();
    return undefined;
  },
  estimate: ({ settings, files }) => Promise.resolve(estimateMemory(resolveConfig(configOf(settings, files), 'quick')).totalBytes),
  open,
  run: () => current().run(),
  async pause() {
    await current().pause();
    if (current().status === 'paused') {
      show();
      await keepCurrent();
    }
    return undefined;
  },
  async step() {
    await current().step();
    show();
    return undefined;
  },
  stop: () => current().stop(),
  async export() {
    const files = await current().exportModel();
    return { files, step: current().completedSteps };
  },
  async recover(device) {
    // One that was lost is asked for again by its name.
    await current().recover(device === 'auto' ? {} : { device });
    return describe(current());
  },
};

function errorOf(error: unknown): SentError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { message } = error;
  if (!(error instanceof MunitError)) return { name: error.name, message };
  return { name: error.code === 'ABORTED' ? 'AbortedError' : error.name, message, code: error.code };
}

async function answer({ id, name, args }: Call): Promise<void> {
  try {
    const handle = handlers[name] as (args: unknown) => Promise<unknown>;
    send({ kind: 'result', id, result: await handle(args) });
  } catch (error) {
    send({ kind: 'error', id, error: errorOf(error) });
  }
}

globalThis.addEventListener('message', ({ data }: MessageEvent<Call>) => void answer(data));
