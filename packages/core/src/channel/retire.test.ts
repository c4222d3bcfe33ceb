import { afterEach, expect, it, vi } from 'vitest';
import { retire, type WorkerEnd } from './retire.js';

afterEach(() => void vi.useRealTimers());

/** A worker that answers what it is made to answer. */
function fake(answer: (say: (event: { readonly data?: unknown }, type?: 'message' | 'error') => void) => void): { readonly worker: WorkerEnd; readonly log: unknown[] } {
  const log: unknown[] = [];
  const listeners: { readonly type: string; readonly listener: (event: { readonly data?: unknown }) => void }[] = [];
  const worker: WorkerEnd = {
    postMessage(message) {
      log.push(message);
      answer((event, type = 'message') => {
        for (const one of listeners) if (one.type === type) one.listener(event);
      });
    },
    addEventListener: (type, listener) => void listeners.push({ type, listener }),
    terminate: () => void log.push('terminated'),
  };
  return { worker, log };
}

it('terminates a worker when it says that its threads have ended, and not before', async () => {
  let say: (event: { readonly data?: unknown }) => void = () => undefined;
  const { worker, log } = fake((answer) => (say = answer));
  const ended = retire(worker);
  say({ data: { munit: 'answer' } });
  expect(log).toEqual(['munit-end']);
  say({ data: 'munit-ended' });
  await ended;
  expect(log).toEqual(['munit-end', 'terminated']);
});

it('terminates a worker that fails, or that does not answer in time', async () => {
  const failing = fake((say) => say({}, 'error'));
  await retire(failing.worker);
  expect(failing.log).toEqual(['munit-end', 'terminated']);
  vi.useFakeTimers();
  const silent = fake(() => undefined);
  const ended = retire(silent.worker, 1000);
  vi.advanceTimersByTime(999);
  expect(silent.log).toEqual(['munit-end']);
  vi.advanceTimersByTime(1);
  await ended;
  expect(silent.log).toEqual(['munit-end', 'terminated']);
});
