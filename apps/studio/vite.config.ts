import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { writeServiceWorker } from './scripts/serviceWorker.mjs';

/**
 * WebKit runs a worker's own file a second time when another module imports it: there would be two of everything, and two answers
 * to each message. So that file holds nothing that the worker's other chunks import.
 */
const entriesByThemselves = (): Plugin => ({
  name: 'entries-by-themselves',
  options: (options) => ({ ...options, preserveEntrySignatures: 'strict' }),
});

/** When all files are written, the service worker lists them. */
const offline = (): Plugin => ({
  name: 'service-worker',
  apply: 'build',
  closeBundle: () => writeServiceWorker(fileURLToPath(new URL('dist', import.meta.url))),
});

export default defineConfig({
  // Relative addresses: the built folder works wherever it is put.
  base: './',
  plugins: [offline()],
  build: { target: 'es2022', chunkSizeWarningLimit: 1500, rollupOptions: { input: ['index.html', 'element.html'] } },
  worker: { format: 'es', plugins: () => [entriesByThemselves()] },
});
