import { existsSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Problem } from './lib.mjs';

/** The versions that were tried together. */
export const versions = { tensorflow: '2.18.1', binding: '4.22.0' };

/**
 * @typedef {object} Options
 * @property {boolean} gpu
 * @property {string} version TensorFlow's.
 * @property {string | undefined} wheel A wheel on disk.
 * @property {string | undefined} tensorflow A folder `tensorflow` with the library and its headers, as pip installs it.
 * @property {string | undefined} binding The package tfjs-node, as a tarball or unpacked.
 * @property {string | undefined} headers A folder with node_api.h.
 * @property {string} out
 * @property {boolean} isDefaultOut
 * @property {string} compiler
 * @property {string} python
 */

export const help = `Builds TensorFlow's binding for Node against a TensorFlow of today, for munit's devices 'tensorflow' and 'cuda'.

  node tensorflow.mjs [options]          (or: npx --package @munit/core munit-tensorflow [options])

  --gpu               for NVIDIA GPUs: TensorFlow with CUDA, and NVIDIA's libraries from PyPI
  --version <v>       TensorFlow's version (default ${versions.tensorflow})
  --wheel <path>      this wheel of TensorFlow instead of a download
  --tensorflow <dir>  an installed TensorFlow instead: .../site-packages/tensorflow, linked and not copied
  --binding <path>    @tensorflow/tfjs-node ${versions.binding}, as a tarball or unpacked, instead of a download
  --headers <dir>     the folder with node_api.h (default: beside this Node, or npm's node-api-headers)
  --out <dir>         where to (default: MUNIT_TENSORFLOW_ADDON, or ~/.cache/munit/tensorflow)

It needs Linux, g++ (or CXX) and Python 3 with pip (or PYTHON; not its packages), and downloads through pip and npm:
0.23 GB for the CPU, about 2.5 GB for a GPU. The folder takes 0.7 GB, or 4.1 GB.
`;

/**
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Options | 'help'}
 */
export function parseOptions(args, environment) {
  const values = parse(args);
  if (values.help === true) return 'help';
  const wheel = existing(values.wheel, '--wheel');
  const tensorflow = existing(values.tensorflow, '--tensorflow');
  if (wheel !== undefined && !wheel.endsWith('.whl')) throw new Problem(`--wheel wants a file that ends in .whl, not ${wheel}. For a folder there is --tensorflow.`);
  if (wheel !== undefined && tensorflow !== undefined) throw new Problem('Give one of --wheel and --tensorflow.');
  if (tensorflow !== undefined && !existsSync(join(tensorflow, 'include/tensorflow/c/eager/c_api.h'))) {
    throw new Problem(`--tensorflow needs the folder 'tensorflow' of an installation, with include/ in it; ${tensorflow} has none.`);
  }
  const cache = environment['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  const named = values.out ?? (environment['MUNIT_TENSORFLOW_ADDON'] || undefined);
  const out = resolve(named ?? join(cache, 'munit', 'tensorflow'));
  if (existsSync(out) && !statSync(out).isDirectory()) throw new Problem(`${out} is a file, and a folder is wanted.`);
  if (existsSync(out) && !existsSync(join(out, 'addon.json'))) throw new Problem(`${out} exists and has no addon in it: it would be replaced. Name a folder that does not exist.`);
  return {
    gpu: values.gpu === true,
    version: values.version ?? versions.tensorflow,
    wheel,
    tensorflow,
    binding: existing(values.binding, '--binding'),
    headers: existing(values.headers, '--headers'),
    out,
    isDefaultOut: values.out === undefined,
    compiler: environment['CXX'] || 'g++',
    python: environment['PYTHON'] || 'python3',
  };
}

/** @param {readonly string[]} args */
function parse(args) {
  const text = /** @type {const} */ ({ type: 'string' });
  const flag = /** @type {const} */ ({ type: 'boolean' });
  const options = { gpu: flag, version: text, wheel: text, tensorflow: text, binding: text, headers: text, out: text, help: { ...flag, short: 'h' } };
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new Problem(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
  }
}

/** @param {string | undefined} path @param {string} option */
function existing(path, option) {
  if (path === undefined) return undefined;
  if (!existsSync(path)) throw new Problem(`${option}: there is no ${path}.`);
  return resolve(path);
}
