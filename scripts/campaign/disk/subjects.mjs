/** The commands whose file operations fail. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { munit, tail } from '../child.mjs';
import { onOneThread, resultsOf, tinyConfig } from '../kill.mjs';

/**
 * A command in a folder. `again` is the same once more, as a user would after the failure; `isWhole`: results that are
 * what they are in the end as soon as they exist; `mayLeave`: names that may stay.
 * @typedef {{ name: string, prepare: (base: string, main: string) => Promise<void>, args: (folder: string) => string[], again: (folder: string, succeeded: boolean) => string[], results: (folder: string) => Record<string, string>, isWhole: RegExp, mayLeave: RegExp }} Subject
 */

const config = 'config.yaml';
const none = /^$/;
/** What a fault at reading puts aside is told to the user, and stays for them. */
const putAside = /\.damaged$/;

/** @param {string} base @param {number} steps */
function writeConfig(base, steps) {
  mkdirSync(base, { recursive: true });
  writeFileSync(join(base, config), JSON.stringify({ ...JSON.parse(tinyConfig(steps)), keep_last: 1 }));
}

/** @param {string} main @param {string[]} args */
async function must(main, args) {
  const ended = await munit(main, args);
  if (ended.code !== 0) throw new Error(`munit ${args.join(' ')} ${tail(ended)}`);
}

/** A run of some steps, finished. @param {string} base @param {string} main @param {number} steps */
async function trained(base, main, steps) {
  writeConfig(base, steps);
  await must(main, ['train', '--config', join(base, config), '--out', join(base, 'run'), ...onOneThread]);
}

/** @param {string} folder */
const holdsRun = (folder) => existsSync(join(folder, 'run', 'run.json')) || (existsSync(join(folder, 'run', 'checkpoints')) && readdirSync(join(folder, 'run', 'checkpoints')).some((name) => name.endsWith('.safetensors')));

/** Results of a run, where it has come to its end. @param {string} folder @returns {Record<string, string>} */
const runResults = (folder) => (existsSync(join(folder, 'run', 'model', 'model.json')) ? resultsOf(join(folder, 'run')) : {});

/** All files below a folder of results, or a result that is a file. @param {string} path @returns {Record<string, string>} */
function filesOf(path) {
  if (!existsSync(path)) return {};
  const names = statSync(path).isDirectory() ? readdirSync(path, { recursive: true, encoding: 'utf8' }) : [''];
  const files = names.filter((name) => statSync(join(path, name)).isFile() && !/(^|\/)\.|\.tmp$|-tmp$/.test(name));
  return Object.fromEntries(files.map((name) => [name || 'file', createHash('sha256').update(readFileSync(join(path, name))).digest('hex')]));
}

/** @param {string} base @param {string} main */
async function withModel(base, main) {
  await trained(base, main, 1);
  await must(main, ['data', 'synthetic', join(base, 'set'), '--size', '16', '--count', '2', '--test', '1']);
}

/** @param {string} folder */
const converting = (folder) => ['convert', join(folder, 'run', 'model')];

/** @type {readonly Subject[]} */
export const subjects = [
  {
    name: 'run',
    prepare: (base) => Promise.resolve(writeConfig(base, 1)),
    args: (folder) => ['train', '--config', join(folder, config), '--out', join(folder, 'run'), ...onOneThread],
    again: (folder) => ['train', ...(holdsRun(folder) ? ['--resume', join(folder, 'run')] : ['--config', join(folder, config), '--out', join(folder, 'run')]), ...onOneThread],
    results: runResults,
    isWhole: none,
    mayLeave: putAside,
  },
  {
    name: 'resume',
    prepare: (base, main) => trained(base, main, 1),
    args: (folder) => ['train', '--resume', join(folder, 'run'), '--steps', '2', ...onOneThread],
    again: (folder) => ['train', '--resume', join(folder, 'run'), '--steps', '2', ...onOneThread],
    results: runResults,
    isWhole: none,
    mayLeave: putAside,
  },
  {
    name: 'translate',
    prepare: withModel,
    args: (folder) => ['translate', join(folder, 'run', 'model'), join(folder, 'set', 'trainA'), '--out', join(folder, 'out'), '--grid', join(folder, 'grid.png'), '--styles', '2', ...onOneThread.slice(0, 4)],
    again: (folder) => ['translate', join(folder, 'run', 'model'), join(folder, 'set', 'trainA'), '--out', join(folder, 'out'), '--grid', join(folder, 'grid.png'), '--styles', '2', ...onOneThread.slice(0, 4)],
    results: (folder) => ({ ...filesOf(join(folder, 'out')), ...Object.fromEntries(Object.values(filesOf(join(folder, 'grid.png'))).map((digest) => ['grid', digest])) }),
    // A grid of what could be translated is whole too.
    isWhole: /^(?!grid$)/,
    mayLeave: none,
  },
  {
    name: 'convert',
    prepare: withModel,
    args: (folder) => [...converting(folder), '--out', join(folder, 'out'), '--dtype', 'fp16'],
    again: (folder, succeeded) => [...converting(folder), '--out', join(folder, 'out'), '--dtype', 'fp16', ...(succeeded ? ['--overwrite'] : [])],
    results: (folder) => filesOf(join(folder, 'out')),
    isWhole: /^/,
    mayLeave: none,
  },
  {
    name: 'convert-file',
    prepare: withModel,
    args: (folder) => [...converting(folder), '--out', join(folder, 'gen.pt')],
    again: (folder, succeeded) => [...converting(folder), '--out', join(folder, 'gen.pt'), ...(succeeded ? ['--overwrite'] : [])],
    results: (folder) => filesOf(join(folder, 'gen.pt')),
    isWhole: /^/,
    mayLeave: none,
  },
  {
    name: 'convert-folder',
    prepare: withModel,
    args: (folder) => [...converting(folder), '--out', join(folder, 'repository'), '--to', 'triton'],
    again: (folder, succeeded) => [...converting(folder), '--out', join(folder, 'repository'), '--to', 'triton', ...(succeeded ? ['--overwrite'] : [])],
    results: (folder) => filesOf(join(folder, 'repository')),
    isWhole: /^/,
    mayLeave: none,
  },
];
