import { expect, it } from 'vitest';
import { retryAfter, type ServerContext, timed } from './context.js';

it('tells clients to come back when a place is free, however long the requests before them have waited', async () => {
  let [running, waiting] = [0, 0];
  const worked: number[] = [];
  let last: Promise<void> = Promise.resolve();
  // One worker, which takes about 10 ms for each of what waits in a line.
  const work = async (): Promise<void> => {
    if (running > 0) waiting++;
    running = 1;
    const before = last;
    const own = before.then(async () => {
      const start = performance.now();
      await new Promise((done) => setTimeout(done, 10));
      worked.push(performance.now() - start);
      if (waiting > 0) waiting--;
      else running = 0;
    });
    last = own;
    await own;
  };
  const server = {
    pool: { workers: 1, get running() { return running; }, get waiting() { return waiting; } },
    metrics: { translated: () => undefined },
    accepted: 65,
    meanSeconds: 0.01,
  } as unknown as ServerContext;
  await Promise.all(Array.from({ length: 40 }, () => timed(server, work)));
  // The last one has taken 40 times as long as its translation.
  expect(server.meanSeconds).toBeLessThan((2 * Math.max(...worked)) / 1000);
  expect(retryAfter(server)).toBeLessThanOrEqual(Math.ceil((64 * 2 * Math.max(...worked)) / 1000));
});
