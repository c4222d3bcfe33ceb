import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { exec } from '../lib/exec.mjs';

const program = `
  import { openDevice, readTensor, tensor, meanSquaredTo } from '@munit/core';
  import { loadTranslator } from '@munit/infer';
  const run = async () => {
    const device = await openDevice('auto');
    const value = await readTensor(meanSquaredTo(tensor([0, 3]), 1));
    console.log(device.name, value[0], typeof loadTranslator);
    device.dispose();
  };
  run().catch((error) => { console.error(error); process.exitCode = 1; });
`;

/**
 * What a serverless function or a server framework makes of munit: one file, as a module and as CommonJS (where `import.meta.url` is undefined), run
 * away from node_modules.
 * @param {string} folder The project in which the packages are installed.
 */
export async function runServerBundles(folder) {
  const problems = [];
  for (const format of /** @type {const} */ (['esm', 'cjs'])) {
    const file = join(folder, 'bundled', format, format === 'esm' ? 'server.mjs' : 'server.cjs');
    const { outputFiles } = await build({
      stdin: { contents: program, resolveDir: folder },
      bundle: true,
      write: false,
      platform: 'node',
      target: 'node20',
      format,
      logLevel: 'silent',
      // What CommonJS inside a module needs, as esbuild's documentation says.
      ...(format === 'esm' && { banner: { js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);" } }),
    });
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, outputFiles[0]?.contents ?? '');
    const { code, output } = await exec(process.execPath, [file], { cwd: join(file, '..'), env: { MUNIT_TENSORFLOW_ADDON: '' }, minutes: 1 });
    if (code !== 0 || output.trim() !== 'simd 2.5 function') problems.push(`A server bundle (esbuild, ${format}) should print "simd 2.5 function", and exits with ${code}:\n${output}`);
  }
  return problems;
}
