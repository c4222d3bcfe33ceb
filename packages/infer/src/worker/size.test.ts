/** What a page fetches whose translator is in a worker. */
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

it('a client brings no networks, ops and devices into the page, and tensors only in a chunk of their own', async () => {
  const { outputFiles, metafile } = await build({
    stdin: { contents: "export { TranslatorClient } from './index.ts';", resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true, minify: true, write: false, metafile: true, format: 'esm', target: 'es2022', conditions: ['@munit/source'], logLevel: 'error',
    plugins: [{ name: 'tensors-apart', setup: ({ onResolve }) => onResolve({ filter: /\/tensors\.js$/ }, ({ path }) => ({ path, external: true })) }],
  });
  const { inputs } = Object.values(metafile.outputs)[0]!;
  const used = Object.keys(inputs).filter((name) => inputs[name]!.bytesInOutput > 0);
  expect(used.filter((name) => /@tensorflow|core\/src\/(ops|devices|autodiff)|layers\/src\/(networks|blocks)/.test(name))).toEqual([]);
  expect(gzipSync(outputFiles[0]!.contents).length).toBeLessThan(11_000);
});
