import { spawn, type ChildProcess, fork } from 'node:child_process';
import { MessageChannel, Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { AbortedError, ArgumentError, ChannelError, DataError } from '../errors/index.js';
import { Channel, serveChannel } from './channel.js';
import type { EventEnd } from './ports.js';

interface Calls {
  add: { args: { a: number; b: number }; result: number };
  sum: { args: { values: Float32Array }; result: { values: Float32Array; length: number } };
  fail: { args: undefined; result: undefined };
  count: { args: { to: number }; result: string; progress: number };
  forever: { args: undefined; result: undefined };
  unsendable: { args: undefined; result: unknown };
}
interface Events {
  note: string;
}

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Both ends over a MessageChannel of Node. */
function pair(options: ConstructorParameters<typeof Channel<Calls, Events>>[1] = {}, serial = false) {
  const { port1, port2 } = new MessageChannel();
  const aborted: string[] = [];
  let running = 0;
  let most = 0;
  const served = serveChannel<Calls, Events>(
    port2,
    {
      add: async ({ a, b }) => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 5));
        running--;
        return a + b;
      },
      sum({ values }, { transfer }) {
        transfer(values.buffer as ArrayBuffer);
        return { values, length: values.length };
      },
      fail() {
        throw new DataError('A picture is broken.', { remedy: 'Remove it.', cause: new RangeError('too far') });
      },
      async count({ to }, { progress }) {
        for (let i = 1; i <= to; i++) progress(i);
        return 'counted';
      },
      forever: (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            aborted.push('forever');
            reject(new AbortedError());
          });
        }),
      unsendable: () => () => undefined,
    },
    { serial },
  );
  const channel = new Channel<Calls, Events>(port1, options);
  closing.push(() => {
    served.close();
    channel.close();
    port1.close();
  });
  return { channel, served, aborted, port1, port2, most: () => most };
}

describe('a channel', () => {
  it('answers each call with its own result, several at once', async () => {
    const { channel, most } = pair();
    const results = Promise.all([1, 2, 3].map((a) => channel.call('add', { a, b: 10 })));
    expect(channel.pending).toBe(3);
    expect(await results).toEqual([11, 12, 13]);
    expect([channel.pending, most()]).toEqual([0, 3]);
  });

  it('or one after the other', async () => {
    const { channel, most } = pair({}, true);
    expect(await Promise.all([1, 2, 3].map((a) => channel.call('add', { a, b: 10 })))).toEqual([11, 12, 13]);
    expect(most()).toBe(1);
  });

  it('moves buffers there and back', async () => {
    const { channel } = pair();
    const values = new Float32Array([1, 2, 3]);
    const back = await channel.call('sum', { values }, { transfer: [values.buffer] });
    expect(values.length).toBe(0);
    expect(back).toEqual({ values: new Float32Array([1, 2, 3]), length: 3 });
  });

  it('reports progress in order, and before the result', async () => {
    const { channel } = pair();
    const seen: number[] = [];
    expect(await channel.call('count', { to: 4 }, { onProgress: (n) => seen.push(n) })).toBe('counted');
    expect(seen).toEqual([1, 2, 3, 4]);
  });

  it('throws what the other end threw', async () => {
    const { channel } = pair();
    const error = await channel.call('fail', undefined).catch((caught: unknown) => caught as DataError);
    expect(error).toBeInstanceOf(DataError);
    expect(error).toMatchObject({ message: 'A picture is broken. Remove it.', remedy: { id: 'advice', text: 'Remove it.' }, code: 'DATA', cause: { name: 'RangeError', message: 'too far' } });
  });

  it('aborts both ends', async () => {
    const { channel, aborted } = pair();
    const abort = new AbortController();
    const call = channel.call('forever', undefined, { signal: abort.signal });
    abort.abort('enough');
    await expect(call).rejects.toMatchObject({ code: 'ABORTED', cause: 'enough' });
    // The next answer comes after the abort has arrived.
    await channel.call('add', { a: 1, b: 1 });
    expect(aborted).toEqual(['forever']);
    await expect(channel.call('add', { a: 1, b: 1 }, { signal: AbortSignal.abort() })).rejects.toBeInstanceOf(AbortedError);
  });

  it('delivers events', async () => {
    const notes: string[] = [];
    const { channel, served } = pair({ on: { note: (text) => notes.push(text) } });
    served.emit('note', 'first');
    served.emit('note', 'second');
    await channel.call('add', { a: 1, b: 1 });
    expect(notes).toEqual(['first', 'second']);
  });

  it('does not hang on what cannot be sent, nor on a function that is not there', async () => {
    const { channel } = pair();
    await expect(channel.call('unsendable', undefined)).rejects.toThrow(/could not be cloned/);
    await expect(channel.call('add', (() => 1) as never)).rejects.toThrow(/could not be cloned/);
    await expect(channel.call('toString' as 'fail', undefined)).rejects.toBeInstanceOf(ArgumentError);
    expect(channel.pending).toBe(0);
  });

  it('fails pending and later calls when it is closed', async () => {
    const { channel } = pair();
    const call = channel.call('forever', undefined);
    channel.close(new DataError('It is over.'));
    await expect(call).rejects.toThrow('It is over.');
    await expect(channel.call('add', { a: 1, b: 1 })).rejects.toThrow('It is over.');
  });

  it('fails when the other end closes its port, and aborts what runs there when this one does', async () => {
    const gone: ChannelError[] = [];
    const first = pair({ onGone: (error) => gone.push(error), name: 'The helper', remedy: 'Start it again.' });
    const call = first.channel.call('forever', undefined);
    first.port2.close();
    await expect(call).rejects.toMatchObject({ code: 'CHANNEL', message: 'The helper failed: its port was closed. Start it again.' });
    expect(gone).toHaveLength(1);
    const second = pair();
    const other = second.channel.call('forever', undefined).catch(() => undefined);
    await second.channel.call('add', { a: 1, b: 1 });
    second.port1.close();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(second.aborted).toEqual(['forever']);
    second.channel.close();
    await other;
  });

  it('is served once for each end', async () => {
    const { port1, port2 } = new MessageChannel();
    closing.push(() => port1.close());
    const answers: string[] = [];
    const serve = (name: string) => serveChannel<{ who: { args: undefined; result: string } }>(port2, { who: () => (answers.push(name), name) });
    const [first] = [serve('first'), serve('second')];
    const channel = new Channel<{ who: { args: undefined; result: string } }>(port1);
    expect(await channel.call('who', undefined)).toBe('first');
    first.close();
    serve('third');
    expect(await channel.call('who', undefined)).toBe('third');
    expect(answers).toEqual(['first', 'third']);
  });
});

describe('the other end is gone', () => {
  it('a thread that throws', async () => {
    const channel = new Channel<Calls>(new Worker('throw new TypeError("out of luck")', { eval: true }));
    await expect(channel.call('add', { a: 1, b: 1 })).rejects.toMatchObject({ code: 'CHANNEL', message: 'The worker failed: out of luck.' });
  });

  it('a thread that ends', async () => {
    const channel = new Channel<Calls>(new Worker('process.exit(3)', { eval: true }));
    await expect(channel.call('add', { a: 1, b: 1 })).rejects.toThrow(/exit code 3/);
  });

  it('a process that is killed, and one that cannot be started', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)'], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], serialization: 'advanced' });
    const channel = new Channel<Calls>(child, { name: 'The decoder' });
    const call = channel.call('add', { a: 1, b: 1 });
    child.kill('SIGKILL');
    await expect(call).rejects.toThrow('The decoder failed: SIGKILL.');
    const none = new Channel<Calls>(fork('', { execPath: '/nowhere/node', stdio: 'ignore' } as never) as ChildProcess);
    await expect(none.call('add', { a: 1, b: 1 })).rejects.toBeInstanceOf(ChannelError);
  });

  it('a script of a page that does not load', async () => {
    const scope = new EventTarget() as EventTarget & { postMessage(): void };
    scope.postMessage = () => queueMicrotask(() => scope.dispatchEvent(new Event('error')));
    await expect(new Channel<Calls>(scope as EventEnd).call('add', { a: 1, b: 1 })).rejects.toThrow('The worker failed: its script did not load.');
  });
});
