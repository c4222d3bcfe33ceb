/** Models from servers that are broken, slow or hostile, and loading that is aborted: every call settles, by an error with a name. */
import { setTimeout as wait } from 'node:timers/promises';
import { openLedger } from './ledger.mjs';
import { openServer, tricks } from './network/server.mjs';

/** @typedef {import('./options.mjs').Context} Context @typedef {Awaited<ReturnType<typeof openServer>>} Server */

export const network = { about: 'models from broken, slow and hostile servers, and aborts', count: 5000, short: 120, run };

/** What a server may take to answer, and to send 4096 bytes; a sound one on a busy machine too. */
const [timeoutMs, patientMs] = [400, 30_000];

/** A call that takes longer never settles. */
const deadlineMs = 60_000;
/** Calls at once. */
const parallel = 16;

/** @param {Context} context */
async function run({ munit: { library }, seed, from, count, stop, report }) {
  const model = library.modelFor(library.tiny);
  const packed = await library.packModel(model);
  const files = new Map([...packed, ['gen.pt', library.writeNetworks(model.networks)]]);
  const server = await openServer(files);
  const wanted = fingerprint(model);
  const ledger = report(openLedger({ campaign: 'network', seed, total: from + count, from }));
  try {
    for (let trial = from; trial < from + count && !stop.aborted; trial += parallel) {
      const numbers = Array.from({ length: Math.min(parallel, from + count - trial) }, (_, i) => trial + i);
      await Promise.all(numbers.map((number) => attempt(number)));
      for (const number of numbers) ledger.tried(number);
    }
    await checkConnections();
    if (!stop.aborted) ledger.finish();
  } finally {
    server.close();
  }

  /** @param {number} trial */
  async function attempt(trial) {
    const rng = new library.Rng((seed * 1_000_003 + trial) >>> 0);
    const source = /** @type {const} */ (['folder', 'safetensors', 'pt', 'hugging face'])[rng.integer(4)] ?? 'folder';
    const trick = tricks[rng.integer(tricks.length)] ?? tricks[0];
    if (trick === undefined) throw new Error('There are no tricks.');
    const isFolder = source === 'folder' || source === 'hugging face';
    const file = source === 'pt' ? 'gen.pt' : isFolder && rng.integer(2) === 0 ? 'model.json' : 'model.safetensors';
    const id = `t${trial}`;
    server.trials.set(id, { file, trick, rng: rng.split() });
    const address = { folder: `${server.origin}/${id}/`, safetensors: `${server.origin}/${id}/model.safetensors`, pt: `${server.origin}/${id}/gen.pt`, 'hugging face': 'hf:owner/name' }[source];
    // Aborted at any event of progress, the last one too, or never.
    const abort = new AbortController();
    const abortAt = rng.integer(3) === 0 ? rng.integer(8) : -1;
    let events = 0;
    const options = { endpoint: `${server.origin}/${id}`, timeoutMs: trick.sound === true ? patientMs : timeoutMs, maxBytes: 2 ** 22, signal: abort.signal, onProgress: () => void (events++ === abortAt && abort.abort()) };
    const what = `${source}, ${file}: the server ${trick.name}${abortAt < 0 ? '' : `, aborted at event ${abortAt}`}`;
    const timer = new AbortController();
    /** @type {{ model: import('./library.js').Model } | { error: unknown } | 'pending'} */
    const outcome = await Promise.race([
      library.loadModel(address, options).then(
        (loaded) => ({ model: loaded }),
        (/** @type {unknown} */ error) => ({ error }),
      ),
      wait(deadlineMs, /** @type {const} */ ('pending'), { signal: timer.signal }),
    ]);
    timer.abort();
    server.trials.delete(id);
    if (outcome === 'pending') return ledger.fail(trial, `${what}: not settled after ${deadlineMs / 1000} s`);
    if ('model' in outcome) {
      ledger.count(`${trick.name}: loaded`);
      if (fingerprint(outcome.model) !== wanted) ledger.fail(trial, `${what}: another model was loaded`);
      return undefined;
    }
    const { error } = outcome;
    ledger.count(`${trick.name}: ${error instanceof Error ? error.name : 'thrown'}`);
    if (!(error instanceof library.MunitError)) ledger.fail(trial, `${what}: an error that nobody has named`, error instanceof Error ? error.stack : String(error));
    else if (error.message.includes('CORS')) ledger.fail(trial, `${what}: blamed on the browser`, error.message);
    else if (trick.sound === true && error.name !== 'AbortedError') ledger.fail(trial, `${what}: refused`, error.message);
    return undefined;
  }

  /** What was refused or given up must not keep its connection. */
  async function checkConnections() {
    for (let i = 0; i < 50 && (await server.connections()) > 0; i++) await wait(100);
    const left = await server.connections();
    if (left > 0) ledger.fail(from + count, `${left} connections are open at the end`);
  }
}

/** The weights, as text. @param {import('./library.js').Model} model */
const fingerprint = ({ networks }) => JSON.stringify([networks.a, networks.b].map((network) => [...network].map(([name, { shape, data }]) => [name, shape, [...data]])));
