import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

test('a page and a worker that import the package build, with nothing of Node or of training in their graph', async () => {
  const { metafile, warnings } = await build({
    entryPoints: [at('../test/page/main.ts'), at('../test/page/worker.ts')],
    bundle: true,
    write: false,
    metafile: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    outdir: 'nowhere',
    conditions: ['@munit/source'],
    logLevel: 'silent',
  });
  const modules = Object.keys(metafile.inputs);
  expect(modules.some((id) => id.endsWith('infer/src/translator/translator.ts'))).toBe(true);
  expect(modules.filter((id) => /infer\/src\/node\/|formats\/src\/node\/|node_modules\/sharp|packages\/(train|losses|data)\//.test(id))).toEqual([]);
  // Nor the graphs of ONNX, which only export needs.
  expect(modules.filter((id) => /formats\/src\/onnx|onnx-buf|protobuf/.test(id))).toEqual([]);
  expect(Object.values(metafile.inputs).flatMap(({ imports }) => imports.filter(({ path }) => path.startsWith('node:')))).toEqual([]);
  expect(warnings).toEqual([]);
}, 60_000);
