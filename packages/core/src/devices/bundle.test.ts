import { fileURLToPath } from 'node:url';
import { build, defaultClientConditions, type Rollup } from 'vite';
import { expect, test } from 'vitest';

test('a page that imports the package builds, with nothing of Node in its graph', async () => {
  const warnings: string[] = [];
  const result = (await build({
    root: fileURLToPath(new URL('../../test/page/', import.meta.url)),
    configFile: false,
    logLevel: 'silent',
    resolve: { conditions: ['@munit/source', ...defaultClientConditions] },
    build: { write: false, minify: false, target: 'es2022', rollupOptions: { onwarn: ({ message }) => void warnings.push(message) } },
  })) as Rollup.RollupOutput;

  const chunks = result.output.filter((output) => output.type === 'chunk');
  const modules = chunks.flatMap((chunk) => Object.keys(chunk.modules));
  // TensorFlow.js itself maps `util` and `crypto` to nothing, which has no colon.
  expect(modules.filter((id) => id.includes('__vite-browser-external:') || id.includes('optional-peer-dep'))).toEqual([]);
  expect(modules.filter((id) => /(platform\/(node|createNode)|tensorflow\/(loader|addon|command|kernels|repairs))\.ts$|node_modules\/(webgpu|@tensorflow\/tfjs-node)/.test(id))).toEqual([]);
  expect(modules.some((id) => id.endsWith('platform/browser.ts'))).toBe(true);
  expect(warnings.filter((message) => /externalized|resolve/i.test(message))).toEqual([]);

  // Backends load when they are opened, and not before.
  const entry = chunks.find((chunk) => chunk.isEntry);
  expect(Object.keys(entry?.modules ?? {}).filter((id) => /tfjs-backend-(webgpu|cpu)|backend-simd/.test(id))).toEqual([]);
}, 120_000);
