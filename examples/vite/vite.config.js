import { defineConfig } from 'vite';

// A page with these headers is isolated from other sites, and so the CPU's work is shared by threads. It works without them, on one.
const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

export default defineConfig({
  server: { headers },
  preview: { headers },
  build: { target: 'es2022' },
  worker: { format: 'es' }, // splits the worker, so that only the device in use is fetched
});
