import { signal } from '@preact/signals';
import { afterEach, expect, it, vi } from 'vitest';
import { stayAwake } from './awake.js';

afterEach(() => void vi.unstubAllGlobals());

/** A page with a screen whose locks are counted. */
function page(): { readonly log: string[]; readonly see: (state: 'visible' | 'hidden') => void } {
  const log: string[] = [];
  const target = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  vi.stubGlobal('document', target);
  const request = (): Promise<{ release: () => Promise<void> }> => {
    log.push('on');
    return Promise.resolve({ release: () => (log.push('off'), Promise.resolve()) });
  };
  vi.stubGlobal('navigator', { wakeLock: { request } });
  return {
    log,
    see(state) {
      target.visibilityState = state;
      target.dispatchEvent(new Event('visibilitychange'));
    },
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

it('keeps the screen on while it is needed, and again when the page is seen again', async () => {
  const { log, see } = page();
  const running = signal(false);
  const end = stayAwake(() => running.value);
  await turn();
  expect(log).toEqual([]);
  running.value = true;
  await turn();
  expect(log).toEqual(['on']);
  // The browser has taken it away by itself.
  see('hidden');
  await turn();
  see('visible');
  await turn();
  expect(log).toEqual(['on', 'on']);
  running.value = false;
  await turn();
  expect(log).toEqual(['on', 'on', 'off']);
  running.value = true;
  await turn();
  end();
  await turn();
  expect(log).toEqual(['on', 'on', 'off', 'on', 'off']);
  see('visible');
  await turn();
  expect(log).toHaveLength(5);
});

it('does without where there is no such lock, or it is refused', async () => {
  page();
  vi.stubGlobal('navigator', {});
  stayAwake(() => true)();
  vi.stubGlobal('navigator', { wakeLock: { request: () => Promise.reject(new DOMException('battery', 'NotAllowedError')) } });
  const end = stayAwake(() => true);
  await turn();
  expect(() => end()).not.toThrow();
});
