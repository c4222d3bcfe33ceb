/** Keeps the studio's files for visits without a network, and says when there is a new version. */
import { effect, signal } from '@preact/signals';
import { loading, model } from '../model/session.js';
import { TAKE_OVER } from './messages.js';

/** The next version, which waits until this page agrees. */
export const waiting = signal<ServiceWorker | undefined>(undefined);

/** A page that stays open for days looks for a new version now and then. */
const LOOK_MS = 60 * 60 * 1000;

/** Reloads into the new version: what the page shows is in its address, and what was made is kept. */
export function takeOver(): void {
  // Another tab may have agreed already: the new version is in charge, and says nothing more.
  if (waiting.peek()?.state !== 'installed') return location.reload();
  // Not where the first version takes a page that was opened without one.
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
  waiting.peek()?.postMessage(TAKE_OVER);
}

async function register(): Promise<void> {
  const registration = await navigator.serviceWorker.register(new URL('sw.js', document.baseURI), { updateViaCache: 'none' });
  const look = (): void => {
    // The first version has none before it, and takes over by itself.
    if (registration.waiting !== null && navigator.serviceWorker.controller !== null) waiting.value = registration.waiting;
  };
  registration.addEventListener('updatefound', () => {
    const next = registration.installing;
    next?.addEventListener('statechange', look);
  });
  look();
  setInterval(() => void registration.update().catch(() => undefined), LOOK_MS);
}

/** After the first model: the page's own files come first. People who save data fetch nothing that they do not use. */
export function startOffline(): void {
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  const saves = (navigator as { readonly connection?: { readonly saveData?: boolean } }).connection?.saveData === true;
  if (workers === undefined || saves) return;
  const stop = effect(() => {
    if (model.value === undefined || loading.value !== undefined) return;
    queueMicrotask(() => stop());
    // Where it is forbidden, and where the page is not built, the studio works with a network.
    setTimeout(() => void register().catch(() => undefined), 1000);
  });
}
