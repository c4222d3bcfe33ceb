import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

const worker = fileURLToPath(new URL('../../../test/page/worker.ts', import.meta.url));

test('the README shows the worker as it is', () => {
  expect(readFileSync(new URL('../../../README.md', import.meta.url), 'utf8')).toContain(`\`\`\`ts\n${readFileSync(worker, 'utf8')}\`\`\``);
});

test('a worker that trains builds, with nothing of Node, of reports or of inference in its graph', async () => {
  const { metafile, warnings } = await build({
    entryPoints: [worker],
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
  expect(modules.some((id) => id.endsWith('train/src/loop/train.ts'))).toBe(true);
  expect(modules.filter((id) => /train\/src\/(session\/node|run|telemetry|report)\/|(data|formats)\/src\/node\/|node_modules\/sharp|packages\/infer\//.test(id))).toEqual([]);
  // A backend loads when its device is opened.
  const entry = Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint !== undefined);
  expect(Object.keys(entry?.inputs ?? {}).filter((id) => /tfjs-backend|backend-simd/.test(id))).toEqual([]);
  expect(Object.values(metafile.inputs).flatMap(({ imports }) => imports.filter(({ path }) => path.startsWith('node:')))).toEqual([]);
  expect(warnings).toEqual([]);
}, 60_000);
