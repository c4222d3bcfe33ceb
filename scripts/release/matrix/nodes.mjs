import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exec } from '../../lib/exec.mjs';
import { steps } from '../steps.mjs';
import { write, writeModel } from './project.mjs';

/** Every release line of Node that is supported. */
export const nodes = ['20', '22', '24', '26'];

/** Entries that a server uses; each may be imported and, since Node 20.19, required. */
const entries = ['@munit/core', '@munit/infer', '@munit/infer/node', '@munit/infer/worker', '@munit/formats/node', '@munit/data/node', '@munit/metrics', '@munit/serve', '@munit/survey/node', '@munit/train/node', '@munit/cli'];

const imports = `for (const name of ${JSON.stringify(entries)}) if (Object.keys(await import(name)).length === 0) throw new Error(name + ' exports nothing');
`;
const requires = `for (const name of ${JSON.stringify(entries)}) if (Object.keys(require(name)).length === 0) throw new Error(name + ' exports nothing');
const { loadTranslator } = require('@munit/infer/node');
loadTranslator('model').then(async (translator) => {
  const picture = await translator.translate('drawing.png', { seed: 1 });
  await picture.save('required.png');
  translator.dispose();
});
`;

/**
 * The packages of servers under one release line of Node: imported, required, and `munit translate`, which has to give the bytes that a program gives.
 * @param {string} checkout @param {string} line @returns {import('../strangers.mjs').Stranger}
 */
export const nodeRow = (checkout, line) => ({
  name: `matrix/Node ${line}`,
  run: async (folder, env) => {
    write(folder, { 'package.json': { name: 'server', private: true }, 'imports.mjs': imports, 'requires.cjs': requires });
    writeModel(checkout, folder);
    const installed = await steps(folder, env, [['npm', ['install', `@munit/cli@${env['version']}`, ...['core', 'infer', 'formats', 'data', 'metrics', 'serve', 'survey', 'train'].map((name) => `@munit/${name}@${env['version']}`), '@tensorflow/tfjs-core', 'sharp']], ['npm', ['install', '--no-save', `node@${line}`]]]);
    if (installed.length > 0) return installed;
    const node = join(folder, 'node_modules', 'node', 'bin', 'node');
    const munit = join(folder, 'node_modules', '@munit', 'cli', 'dist', 'main.js');
    const problems = [];
    for (const args of [['imports.mjs'], ['requires.cjs'], [munit, 'translate', 'model', 'drawing.png', '--out', 'out', '--seed', '1', '--device', 'simd']]) {
      const { code, output } = await exec(node, args, { cwd: folder, env, minutes: 5 });
      // A warning that nobody can act on is noise in every log.
      if (code !== 0 || /Error|Warning/.test(output)) problems.push(`Node ${line}: \`node ${args.join(' ')}\` exits with ${code}:\n${output}`);
    }
    if (!existsSync(join(folder, 'out')) || !isPng(join(folder, 'required.png'))) problems.push(`Node ${line}: there is no translation.`);
    return problems;
  },
});

/** @param {string} file */
const isPng = (file) => existsSync(file) && readFileSync(file).subarray(1, 4).toString() === 'PNG';
