// The program of the reader's thread: decode processes, cache, cropping and mirroring, off the trainer's thread.
import { parentPort } from 'node:worker_threads';
import { type Domain, perDomain } from '@munit/core';
import { type ChannelEnd, serveChannel } from '@munit/core/channel';
import { BrokenImageError } from '@munit/images';
import { UnpairedBatches } from '../../sampling/unpairedBatches.js';
import type { ImageSource } from '../../sources/types.js';
import { DecodePool } from '../decode/decodePool.js';
import { fileSource } from '../fileSource.js';
import type { Position, ReaderCalls, ReaderEvents, ReaderSetup } from './protocol.js';

function openBatches(setup: ReaderSetup): UnpairedBatches {
  const { domains, channels, resize, background, maxPixels, processes, sampling } = setup;
  const pool = new DecodePool({ processes });
  const open = (domain: Domain): ImageSource => ({
    ...fileSource(domains[domain], { channels: channels[domain], resize: resize[domain], pool, background, maxPixels }),
    dispose: () => pool.dispose(),
  });
  return new UnpairedBatches({ ...sampling, sources: perDomain(open), onNotice: (notice) => served.emit('notice', notice) });
}

let opened: UnpairedBatches | undefined;
let last: Promise<unknown> = Promise.resolve();

const batches = (): UnpairedBatches => {
  if (opened === undefined) throw new Error('The reader was not opened.');
  return opened;
};
const position = (): Position => ({ state: batches().state(), stats: batches().stats() });

const served = serveChannel<ReaderCalls, ReaderEvents>(
  parentPort as ChannelEnd,
  {
    open(setup) {
      opened = openBatches(setup);
      return position();
    },
    next(_, { transfer }) {
      // One at a time; a failure repeats, as the position does not advance past it.
      const answer = last.then(async () => {
        const batch = await batches().next();
        transfer(batch.a.data.buffer as ArrayBuffer, batch.b.data.buffer as ArrayBuffer);
        return { batch, state: batch.state, stats: batches().stats() };
      });
      last = answer;
      // Each call reports it.
      answer.catch(() => undefined);
      return answer;
    },
    async dispose() {
      await opened?.dispose();
      // The thread ends with it, as nothing else keeps it alive. Deno's port has no such function, and needs none.
      (parentPort as { close?(): void } | null)?.close?.();
      return undefined;
    },
  },
  { errors: { BrokenImageError } },
);
