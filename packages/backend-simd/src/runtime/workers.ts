/** Workers that share the memory: worker_threads in Node, Web Workers in a cross-origin-isolated page. */

export interface WorkerPool {
  /** Workers that run (the calling thread not counted). */
  readonly count: number;
  terminate(): void;
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
const WEB_SOURCE = `
  self.onmessage = ({ data: start }) => {
    const reply = (message) => self.postMessage(message);
    ${BODY}
    self.close();
  };
`;

/** Starts up to `count` workers; those that fail to start (a content security policy, say) are left out. */
export async function startWorkers(count: number, module: WebAssembly.Module, memory: WebAssembly.Memory): Promise<WorkerPool> {
  const starts = Array.from({ length: count }, (_, i) => startWorker({ module, memory, index: i + 1 }));
  const workers = (await Promise.all(starts)).filter((worker) => worker !== undefined);
  return { count: workers.length, terminate: () => workers.forEach((stop) => stop()) };
}

interface Start {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly index: number;
}

/** Resolves to a function that ends the worker, or to undefined when it did not start. */
async function startWorker(start: Start): Promise<(() => void) | undefined> {
  const threads = typeof process === 'undefined' ? undefined : process.getBuiltinModule?.('node:worker_threads');
  if (threads) {
    const worker = new threads.Worker(NODE_SOURCE, { eval: true, execArgv: [], workerData: start, name: `simd-${start.index}` });
    return new Promise((resolve) => {
      worker.once('message', () => {
        worker.unref();
        resolve(() => void worker.terminate());
      });
      worker.once('error', () => resolve(undefined));
    });
  }
  const url = URL.createObjectURL(new Blob([WEB_SOURCE], { type: 'text/javascript' }));
  try {
    const worker = new Worker(url);
    return await new Promise((resolve) => {
      worker.onmessage = () => resolve(() => worker.terminate());
      worker.onerror = () => resolve(undefined);
      worker.postMessage(start);
    });
  } catch {
    return undefined;
  } finally {
    URL.revokeObjectURL(url);
  }
}
