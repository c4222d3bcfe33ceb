import { defineConfig } from 'vite';

export default defineConfig({
  // Relative addresses: the built folder works wherever it is put.
  base: './',
  build: { target: 'es2022', chunkSizeWarningLimit: 1500 },
  worker: { format: 'es' },
});
