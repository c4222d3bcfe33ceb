import { AbortedError } from '@munit/core';
import { expect, it } from 'vitest';
import { latest } from './latest.js';
import { WorkQueue } from './queue.js';

/** A promise and what fulfils it. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

it('runs one at a time, the urgent first, equals in order', async () => {
  const queue = new WorkQueue();
  const order: string[] = [];
  let running = 0;
  const work = (name: string) => async (): Promise<string> => {
    expect(++running).toBe(1);
    await Promise.resolve();
    order.push(name);
    running -= 1;
    return name;
  };
  const answers = await Promise.all([queue.run(2, work('late')), queue.run(1, work('first')), queue.run(1, work('second')), queue.run(0, work('urgent'))]);
  expect(answers).toEqual(['late', 'first', 'second', 'urgent']);
  expect(order).toEqual(['urgent', 'first', 'second', 'late']);
});

it('drops what is aborted while it waits, and continues after work that fails', async () => {
  const queue = new WorkQueue();
  const { opened, open } = gate();
  const abort = new AbortController();
  const first = queue.run(0, () => opened);
  const dropped = queue.run(0, () => Promise.resolve('never'), abort.signal);
  const failing = queue.run(0, () => Promise.reject(new RangeError('no')));
  const last = queue.run(0, () => Promise.resolve('last'));
  abort.abort();
  await expect(dropped).rejects.toThrow(AbortedError);
  await expect(queue.run(0, () => Promise.resolve(1), abort.signal)).rejects.toThrow(AbortedError);
  open();
  await first;
  await expect(failing).rejects.toThrow(RangeError);
  expect(await last).toBe('last');
});

it('makes of many requests the first and the last', async () => {
  const made: number[] = [];
  const gates = [gate(), gate()];
  const idle: number[] = [];
  const work = async (request: number): Promise<void> => {
    made.push(request);
    await gates[made.length - 1]?.opened;
  };
  const ask = latest(work, () => idle.push(made.length));
  const turn = (): Promise<void> =>
    new Promise((resolve) => {
      setTimeout(resolve, 0);
    });
  for (const request of [1, 2, 3, 4]) void ask(request);
  gates[0]!.open();
  await turn();
  expect(made).toEqual([1, 4]);
  // Idle after the last, and not between the two.
  expect(idle).toEqual([]);
  gates[1]!.open();
  await turn();
  expect(idle).toEqual([2]);
});

it('is fulfilled when nothing is left to do, and starts again after work that failed', async () => {
  const done: number[] = [];
  const first = gate();
  const ask = latest<number>(async (request) => {
    await first.opened;
    if (request < 0) throw new RangeError(`${request}`);
    done.push(request);
  });
  const asked = [ask(1), ask(2), ask(3)];
  expect(done).toEqual([]);
  first.open();
  await asked[0];
  expect(done).toEqual([1, 3]);
  await expect(ask(-1)).rejects.toThrow(RangeError);
  await ask(4);
  expect(done).toEqual([1, 3, 4]);
});
