import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { firefoxPoll } from './firefoxPoll.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function waitingQueue() {
  const submit = vi.fn<(commands: readonly object[]) => void>();
  let finish: (value: string) => void = () => undefined;
  const waiting = new Promise<string>((resolve) => (finish = resolve));
  return { queue: { submit }, waiting, finish };
}

test('Firefox is nudged while somebody waits, and not after', async () => {
  vi.stubGlobal('navigator', { userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0' });
  const { queue, waiting, finish } = waitingQueue();
  const done = firefoxPoll(queue, waiting);
  await vi.advanceTimersByTimeAsync(20);
  expect(queue.submit).toHaveBeenCalledTimes(10);
  expect(queue.submit).toHaveBeenLastCalledWith([]);
  finish('read');
  expect(await done).toBe('read');
  await vi.advanceTimersByTimeAsync(20);
  expect(queue.submit).toHaveBeenCalledTimes(10);
});

test.each([
  ['Chrome', { userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36' }],
  ['Node', undefined],
])('%s is left alone', async (_, navigator) => {
  vi.stubGlobal('navigator', navigator);
  const { queue, waiting, finish } = waitingQueue();
  const done = firefoxPoll(queue, waiting);
  await vi.advanceTimersByTimeAsync(20);
  finish('read');
  expect(await done).toBe('read');
  expect(queue.submit).not.toHaveBeenCalled();
});

test('a failure ends the firefoxPoll too', async () => {
  const { queue } = waitingQueue();
  await expect(firefoxPoll(queue, Promise.reject(new Error('lost')), true)).rejects.toThrow('lost');
  await vi.advanceTimersByTimeAsync(20);
  expect(queue.submit).not.toHaveBeenCalled();
});
