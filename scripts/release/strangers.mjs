import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exec } from '../lib/exec.mjs';
import { codeBlocks } from './blocks.mjs';
import { examples } from './examples.mjs';
import { matrix } from './matrix/matrix.mjs';
import { steps } from './steps.mjs';

/**
 * Somebody who has never seen munit: what they do in an empty folder, and what goes wrong there.
 * @typedef {{ name: string, run: (folder: string, env: Record<string, string>) => Promise<string[]> }} Stranger `env` makes npm use the rehearsal's registry; `version` in it is the released one.
 */

/** @param {string} checkout @returns {Stranger[]} */
export const strangers = (checkout) => [
  { name: 'README of @munit/core, its first block', run: (folder, env) => readmeBlock(folder, env, checkout) },
  { name: 'npx munit: help, data, train, translate, ONNX', run: commandLine },
  ...examples(checkout),
  ...matrix(checkout),
];

/** Installs what the README's first line says, and runs its first program. @param {string} folder @param {Record<string, string>} env @param {string} checkout */
async function readmeBlock(folder, env, checkout) {
  const readme = readFileSync(join(checkout, 'packages', 'core', 'README.md'), 'utf8');
  const [install] = codeBlocks(readme, 'sh');
  const [program] = codeBlocks(readme, 'ts');
  const packages = /^npm install (.+)$/m.exec(install ?? '')?.[1]?.split(' ') ?? [];
  writeFileSync(join(folder, 'first.mjs'), program ?? '');
  const problems = await steps(folder, env, [['npm', ['init', '--yes']], ['npm', ['install', ...packages]]]);
  if (problems.length > 0) return problems;
  const { code, output } = await exec(process.execPath, ['first.mjs'], { cwd: folder, env, minutes: 2 });
  const wanted = 'Float32Array(1) [ 2.5 ] Float32Array(2) [ -1, 2 ]';
  return code === 0 && output.includes(wanted) ? [] : [`The first block of the README of @munit/core should print ${wanted}, and exits with ${code}:\n${output}`];
}

/** A whole use of the command line, each line by npx, with nothing installed. @param {string} folder @param {Record<string, string>} env */
async function commandLine(folder, env) {
  const npx = (/** @type {readonly string[]} */ ...args) => /** @type {const} */ (['npx', ['--yes', `@munit/cli@${env['version']}`, ...args]]);
  return steps(folder, env, [
    npx('--help'),
    npx('data', 'synthetic', 'shapes', '--count', '40', '--size', '32'),
    npx('train', '--data', 'shapes', '--preset', 'quick', '--steps', '3', '--device', 'simd'),
    npx('translate', 'runs/shapes', 'shapes/testA', '--out', 'out', '--styles', '2', '--grid', 'grid.png'),
    npx('convert', 'runs/shapes', '--to', 'onnx', '--out', 'onnx'),
  ]);
}
