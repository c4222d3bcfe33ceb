import type { ChannelEnd } from '@munit/core/channel';
import { afterEach, expect, it, vi } from 'vitest';
import type { Translator } from '../translator/translator.js';
import { serveTranslator } from './serve.js';

afterEach(() => vi.unstubAllGlobals());

it('closes the bitmaps that it was sent when they have been read, also after a failure', async () => {
  class FakeBitmap {
    closed = false;
    close(): void {
      this.closed = true;
    }
  }
  vi.stubGlobal('ImageBitmap', FakeBitmap);
  const scope = Object.assign(new EventTarget(), { postMessage: vi.fn<(message: unknown) => void>() });
  const openWhenRead: boolean[] = [];
  const translator = {
    styleOf: (image: unknown) => {
      openWhenRead.push(!(image as FakeBitmap).closed);
      return Promise.resolve(new Float32Array(2));
    },
    encode: () => Promise.reject(new Error('no memory')),
    dispose: () => undefined,
  } as unknown as Translator;
  const stop = serveTranslator({ port: scope as unknown as ChannelEnd, load: () => Promise.resolve(translator) });
  const call = async (id: number, name: string, args: object): Promise<unknown> => {
    scope.dispatchEvent(new MessageEvent('message', { data: { munit: 'call', id, name, args } }));
    return vi.waitFor(() => {
      const answer = scope.postMessage.mock.calls.map(([message]) => message as { readonly id: number; readonly munit: string }).find((message) => message.id === id);
      if (answer === undefined) throw new Error('There is no answer yet.');
      return answer.munit;
    });
  };
  const [read, failed] = [new FakeBitmap(), new FakeBitmap()];
  expect(await call(1, 'load', { source: 'model', options: {} })).toBe('result');
  expect(await call(2, 'styleOf', { image: read })).toBe('result');
  expect(await call(3, 'encode', { image: failed })).toBe('error');
  expect(openWhenRead).toEqual([true]);
  expect([read.closed, failed.closed]).toEqual([true, true]);
  await stop();
});
