/** `munit serve` under load: more clients than it has places, all on this machine, for a bounded time. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import type { Context } from './context.js';

const clients = 64;
const workers = 2;
const queue = 32;
const side = 64;

/** The small model among the formats' test data: what is measured is the server, not the networks. */
const model = fileURLToPath(new URL('../../../packages/formats/test-data/reference/checkpoint_munit/gen_00000005.legacy.pt', import.meta.url));

interface Tally {
  /** Milliseconds of the requests that were answered with an image. */
  readonly ms: number[];
  readonly statuses: Map<number, number>;
  /** 503 without Retry-After, and whatever is neither 200 nor 503. */
  wrong: number;
}

async function client(url: string, body: Uint8Array<ArrayBuffer>, until: number, tally: Tally): Promise<void> {
  while (performance.now() < until) {
    const start = performance.now();
    const response = await fetch(url, { method: 'POST', body, headers: { 'Content-Type': 'image/png' } });
    await response.arrayBuffer();
    const { status } = response;
    tally.statuses.set(status, (tally.statuses.get(status) ?? 0) + 1);
    if (status === 200) tally.ms.push(performance.now() - start);
    else if (status === 503 && Number(response.headers.get('retry-after')) >= 1) await new Promise((done) => setTimeout(done, 200));
    else tally.wrong++;
  }
}

const percentile = (sorted: readonly number[], share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;

/** @returns whether there was no answer but 200 and 503 with Retry-After, and memory in the last third stayed within a tenth of the second: caches fill in the first */
export async function serving({ say, emit }: Context, { seconds }: { readonly seconds: number }): Promise<boolean> {
  const program = fileURLToPath(new URL(`../process/modelServer${extname(import.meta.url)}`, import.meta.url));
  const child = spawn(process.execPath, [...process.execArgv, program, model, String(workers), String(queue)], { stdio: ['pipe', 'pipe', 'inherit'] });
  process.once('exit', () => child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<number> => Number((await lines.next()).value);
  const url = `http://127.0.0.1:${await next()}/translate?seed=1`;
  const megabytes = async (): Promise<number> => {
    child.stdin.write('\n');
    return Math.round((await next()) / 1e6);
  };
  const body = new Uint8Array(await sharp({ create: { width: side, height: side, channels: 3, background: '#888' } }).png().toBuffer());

  const tally: Tally = { ms: [], statuses: new Map(), wrong: 0 };
  const until = performance.now() + seconds * 1000;
  const load = Promise.all(Array.from({ length: clients }, () => client(url, body, until, tally)));
  const memory: number[] = [];
  for (let part = 1; part <= 6; part++) {
    await new Promise((done) => setTimeout(done, (seconds * 1000) / 6));
    memory.push(await megabytes());
  }
  await load;
  child.stdin.end();
  await new Promise((done) => child.once('exit', done));

  const sorted = tally.ms.sort((a, b) => a - b);
  const [p50, p99] = [percentile(sorted, 0.5), percentile(sorted, 0.99)];
  const statuses = Object.fromEntries([...tally.statuses].sort(([a], [b]) => a - b));
  const flat = Math.max(...memory.slice(4)) <= 1.1 * Math.max(...memory.slice(2, 4));
  say(`munit serve, ${clients} clients for ${seconds} s, ${workers} workers, ${queue} places to wait, ${side}×${side}: ${sorted.length} images (${(sorted.length / seconds).toFixed(1)} a second), p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`);
  say(`answers by status ${JSON.stringify(statuses)}, wrong ${tally.wrong}; resident MB ${memory.join(', ')}${flat ? '' : ': not flat'}`);
  emit(JSON.stringify({ item: 'serving', clients, seconds, workers, queue, images: sorted.length, p50, p99, statuses, wrong: tally.wrong, memory }));
  return tally.wrong === 0 && flat && sorted.length > 0;
}
