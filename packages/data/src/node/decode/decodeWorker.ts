// The program of a decode process: requests in, replies out, over the process's message channel.
import { decodeFile, inspectFile, Unusable } from './decodeFile.js';
import type { SharpFactory } from './decodeFile.js';
import type { Reply, Request } from './protocol.js';

async function loadSharp(): Promise<SharpFactory> {
  const { default: sharp } = await import('sharp');
  // One picture per thread of ours; files are read once, so libvips' cache only costs memory.
  sharp.concurrency(1);
  sharp.cache(false);
  return sharp;
}

const loading = loadSharp().then(
  (sharp) => ({ sharp }),
  (error: unknown) => ({ error: error instanceof Error ? error.message.split('\n')[0]! : String(error) }),
);

async function answer(request: Request): Promise<Reply> {
  const { id } = request;
  const loaded = await loading;
  if ('error' in loaded) return { id, kind: 'unavailable', reason: loaded.error };
  try {
    if (request.kind === 'inspect') return { id, kind: 'inspection', inspection: await inspectFile(loaded.sharp, request) };
    return { id, kind: 'image', ...(await decodeFile(loaded.sharp, request)) };
  } catch (error) {
    const reason = error instanceof Unusable ? error.message : `cannot be decoded (${String(error)})`;
    return { id, kind: 'broken', reason };
  }
}

// One after the other: the pool blames the oldest request when this process dies, and memory stays at one picture's.
let last = Promise.resolve();
process.on('message', (request: Request) => {
  last = last.then(async () => {
    const reply = await answer(request);
    if (process.connected) process.send?.(reply);
  });
});
// The parent is gone: nobody waits for an answer.
process.on('disconnect', () => process.exit(0));
// Ctrl-C and a closing terminal reach the whole process group; the parent decides when decoding ends.
process.on('SIGINT', () => undefined);
process.on('SIGHUP', () => undefined);
