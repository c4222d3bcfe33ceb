/** Workers that share the memory: worker_threads in Node, Web Workers in a cross-origin-isolated page. */

export interface WorkerPool {
  /** Workers that run (the calling thread not counted). */
  readonly count: number;
  /** Ends the workers, whose loop has been stopped. @returns when none runs any more: from then on a worker that started them may be terminated */
  terminate(): Promise<void>;
}

/** Index of the word FAILED of assembly/runtime/pool.ts. */
const FAILED_WORD = 34;

/** The same few lines in both kinds of worker: instantiate, say so, and stay in wasm until asked to stop. */
const BODY = `
  const instance = new WebAssembly.Instance(start.module, { env: { memory: start.memory, allocate: () => 0 } });
  reply('ready');
  try {
    instance.exports.workerLoop(start.index);
  } catch (error) {
    // The main thread must not wait for this worker's task for ever: it stops at this word (assembly/runtime/pool.ts).
    Atomics.store(new Int32Array(start.memory.buffer), ${FAILED_WORD}, 1);
    throw error;
  }
`;
const NODE_SOURCE = `
  const { parentPort, workerData: start } = require('node:worker_threads');
  const reply = (message) => parentPort.postMessage(message);
  ${BODY}
`;
/**
 * A web worker holds a lock while it closes itself, and the browser releases it when the worker is gone. Chromium keeps both threads for
 * ever when a worker is terminated while a worker of its own is ending, so that whoever ends the pool must know when that is over.
 */
const WEB_SOURCE = `
  self.onmessage = ({ data: start }) => {
    const reply = (message) => self.postMessage(message);
    ${BODY}
    const end = () => {
      reply('ended');
      self.close();
      return new Promise(() => {});
    };
    // A page without an origin of its own, a sandboxed frame say, has no locks.
    navigator.locks.request(start.lock, end).catch(end);
  };
`;
/** The lock is released a moment before the thread has ended: 4 of 300 lived on when nobody waited any longer, none of 600 after 10 ms and more. */
const SETTLE_MS = 100;

/** Starts up to `count` workers; those that fail to start (a content security policy, say) are left out. */
export async function startWorkers(count: number, module: WebAssembly.Module, memory: WebAssembly.Memory): Promise<WorkerPool> {
  const starts = Array.from({ length: count }, (_, i) => startWorker({ module, memory, index: i + 1 }));
  const workers = (await Promise.all(starts)).filter((worker) => worker !== undefined);
  return { count: workers.length, terminate: async () => void (await Promise.all(workers.map((stop) => stop()))) };
}

interface Start {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly index: number;
}

/** A web worker that has not left its task by then is terminated in it. */
const PATIENCE_MS = 10_000;

/** Resolves to a function that ends the worker, or to undefined when it did not start. A web worker leaves its loop and closes itself. */
async function startWorker(start: Start): Promise<(() => Promise<void>) | undefined> {
  const threads = typeof process === 'undefined' ? undefined : process.getBuiltinModule?.('node:worker_threads');
  if (threads) {
    const worker = new threads.Worker(NODE_SOURCE, { eval: true, execArgv: [], workerData: start, name: `simd-${start.index}` });
    return new Promise((resolve) => {
      worker.once('message', () => {
        worker.unref();
        resolve(async () => void (await worker.terminate()));
      });
      worker.once('error', () => resolve(undefined));
    });
  }
  const url = URL.createObjectURL(new Blob([WEB_SOURCE], { type: 'text/javascript' }));
  try {
    const worker = new Worker(url);
    const lock = `munit-simd-${crypto.randomUUID()}`;
    return await new Promise((resolve) => {
      let end = (): void => undefined;
      const closing = new Promise<void>((settle) => (end = settle));
      worker.onmessage = ({ data }: MessageEvent<unknown>) => (data === 'ended' ? end() : resolve(stop));
      const stop = async (): Promise<void> => {
        const late = setTimeout(() => (worker.terminate(), end()), PATIENCE_MS);
        await closing;
        clearTimeout(late);
        await navigator.locks.request(lock, () => undefined).catch(() => undefined);
        await new Promise((settle) => void setTimeout(settle, SETTLE_MS));
      };
      worker.onerror = () => resolve(undefined);
      worker.postMessage({ ...start, lock });
    });
  } catch {
    return undefined;
  } finally {
    URL.revokeObjectURL(url);
  }
}
