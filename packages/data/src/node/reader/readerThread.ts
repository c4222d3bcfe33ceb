// The program of the reader's thread: decode processes, cache, cropping and mirroring, off the trainer's thread.
import { parentPort, workerData } from 'node:worker_threads';
import { type Domain, MunitError, perDomain } from '@munit/core';
import { Signal } from '../../sampling/eventLoop.js';
import { UnpairedBatches } from '../../sampling/unpairedBatches.js';
import type { ImageSource } from '../../sources/types.js';
import { DecodePool } from '../decode/decodePool.js';
import { fileSource } from '../fileSource.js';
import type { FromReader, ReaderSetup, ToReader } from './protocol.js';

function openBatches(setup: ReaderSetup): UnpairedBatches {
  const { domains, channels, resize, background, maxPixels, processes, sampling } = setup;
  const pool = new DecodePool({ processes });
  const open = (domain: Domain): ImageSource => ({
    ...fileSource(domains[domain], {
      channels: channels[domain],
      resize: resize[domain],
      pool,
      ...(background === undefined ? {} : { background }),
      ...(maxPixels === undefined ? {} : { maxPixels }),
    }),
    dispose: () => pool.dispose(),
  });
  return new UnpairedBatches({ ...sampling, sources: perDomain(open), onNotice: (notice) => send({ kind: 'notice', notice }) });
}

function send(message: FromReader, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

function fail(error: unknown): void {
  send({ kind: 'failed', error: { code: error instanceof MunitError ? error.code : undefined, message: error instanceof Error ? error.message : String(error) } });
}

/** Sends batches as long as there are credits, until disposed of. */
async function serve(setup: ReaderSetup): Promise<void> {
  const batches = openBatches(setup);
  const changed = new Signal();
  let credits = setup.credits;
  let disposed = false;
  parentPort?.on('message', (message: ToReader) => {
    if (message.kind === 'more') credits++;
    else {
      disposed = true;
      void batches.dispose().finally(() => parentPort?.close());
    }
    changed.notify();
  });
  send({ kind: 'ready', state: batches.state(), stats: batches.stats() });
  for (;;) {
    while (credits === 0 && !disposed) await changed.wait();
    if (disposed) return;
    try {
      const batch = await batches.next();
      credits--;
      send({ kind: 'batch', batch, stats: batches.stats() }, [batch.a.data.buffer as ArrayBuffer, batch.b.data.buffer as ArrayBuffer]);
    } catch (error) {
      if (!disposed) fail(error);
      return;
    }
  }
}

serve(workerData as ReaderSetup).catch(fail);
