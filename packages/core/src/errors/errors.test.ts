import { build } from 'esbuild';
import { expect, test } from 'vitest';
import * as errors from './index.js';

test('errors keep their names in a minified page', async () => {
  const { outputFiles } = await build({
    entryPoints: [new URL('./index.ts', import.meta.url).pathname],
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
  });
  const page = (await import(`data:text/javascript,${encodeURIComponent(outputFiles[0]?.text ?? '')}`)) as typeof errors;
  expect(page.ShapeError.name).not.toBe('ShapeError');
  const kinds = Object.keys(errors).filter((name) => name !== 'MunitError') as Exclude<keyof typeof errors, 'MunitError'>[];
  expect(kinds).toContain('DeviceLostError');
  for (const kind of kinds) expect(new page[kind]('gone').name).toBe(kind);
});
