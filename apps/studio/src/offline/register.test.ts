import { afterEach, expect, it, vi } from 'vitest';
import { TAKE_OVER } from './messages.js';
import { takeOver, waiting } from './register.js';

afterEach(() => {
  waiting.value = undefined;
  vi.unstubAllGlobals();
});

/** A page whose next version is in that state. */
function page(state: ServiceWorkerState) {
  const reload = vi.fn<() => void>();
  const postMessage = vi.fn<(message: unknown) => void>();
  const serviceWorker = new EventTarget();
  vi.stubGlobal('location', { reload });
  vi.stubGlobal('navigator', { serviceWorker });
  waiting.value = { state, postMessage } as unknown as ServiceWorker;
  return { reload, postMessage, serviceWorker };
}

it('asks the version that waits to take over, and reloads when it has', () => {
  const { reload, postMessage, serviceWorker } = page('installed');
  takeOver();
  expect(postMessage).toHaveBeenCalledWith(TAKE_OVER);
  expect(reload).not.toHaveBeenCalled();
  serviceWorker.dispatchEvent(new Event('controllerchange'));
  expect(reload).toHaveBeenCalledOnce();
});

it('reloads at once where another tab has let it take over: it would not do so again', () => {
  const { reload } = page('activated');
  takeOver();
  expect(reload).toHaveBeenCalledOnce();
});
