/** The service worker: the studio's own files from one visit to the next, so that it opens without a network. Models have a cache of their own. */
import { clientsClaim } from 'workbox-core';
import { cleanupOutdatedCaches, precacheAndRoute } from 'workbox-precaching';
import { TAKE_OVER } from './messages.js';

/** The files of this version, with a revision each where their names do not change with their contents; put in by the build. */
declare const STUDIO_FILES: { url: string; revision: string | null }[];

// A page that is open keeps its version until its user agrees to the next one: parts that it has not fetched yet are in its own cache.
addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  if (data === TAKE_OVER) void (globalThis as unknown as { skipWaiting(): Promise<void> }).skipWaiting();
});

clientsClaim();
cleanupOutdatedCaches();
precacheAndRoute(STUDIO_FILES, { ignoreURLParametersMatching: [/./] });
