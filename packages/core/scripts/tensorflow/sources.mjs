/** The binding: its C++ to compile, and its JavaScript as it is published. */
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { integrities } from './digests.mjs';
import { Problem, run, say } from './lib.mjs';
import { versions } from './options.mjs';

const unpacker = fileURLToPath(new URL('unpack.py', import.meta.url));
const name = '@tensorflow/tfjs-node';

/**
 * Puts the JavaScript into `folder`/tfjs-node.
 * @param {import('./libraries.mjs').Place} place
 * @returns {Promise<string>} The folder with the C++.
 */
export async function placeBinding({ folder, work, options }) {
  const source = await unpacked({ work, options });
  const { version } = /** @type {{ version: string }} */ (JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')));
  if (version !== versions.binding) throw new Problem(`${source} is ${name} ${version}, and ${versions.binding} is wanted.`);
  say(`Binding: ${name} ${version}`);
  const target = join(folder, 'tfjs-node');
  for (const part of ['package.json', 'dist/register_all_kernels.js', 'dist/nodejs_kernel_backend.js', 'dist/int64_tensors.js', 'dist/kernels']) {
    cpSync(join(source, part), join(target, part), { recursive: true, filter: (path) => !/\.d\.ts$|_test\.js$/.test(path) });
  }
  // The binding asks for all of TensorFlow.js, and for protocol buffers to write TensorBoard's files; munit hands it the core that it
  // uses itself, and writes none.
  place(join(target, 'node_modules/@tensorflow/tfjs'), 'index.js', '// Filled by @munit/core with its own @tensorflow/tfjs-core.\nmodule.exports = {};\n');
  place(join(target, 'node_modules/@tensorflow/tfjs-core'), 'index.js', "module.exports = require('@tensorflow/tfjs');\n");
  place(join(target, 'dist/proto'), 'api_pb.js', '// For TensorBoard only.\nmodule.exports = {};\n');
  return source;
}

/** @param {string} folder @param {string} file @param {string} text */
function place(folder, file, text) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, file), text);
}

/** @param {Pick<import('./libraries.mjs').Place, 'work' | 'options'>} place */
async function unpacked({ work, options }) {
  if (options.binding !== undefined && statSync(options.binding).isDirectory()) return options.binding;
  const target = join(work, 'binding');
  const tarball = options.binding ?? (await fetchPackage(work, `${name}@${versions.binding}`));
  await run(options.python, [unpacker, tarball, target], 'Is it a whole tarball?');
  return target;
}

/**
 * A package from npm as a tarball; no script of it runs.
 * @param {string} work
 * @param {string} specifier
 */
export async function fetchPackage(work, specifier) {
  const folder = join(work, 'packages', specifier.replace(/\W+/g, '-'));
  mkdirSync(folder, { recursive: true });
  await run('npm', ['pack', specifier, '--silent', '--ignore-scripts', `--pack-destination=${folder}`], `npm could not fetch ${specifier}. Is its registry reachable?`, {
    cwd: folder,
  });
  const file = readdirSync(folder).find((one) => one.endsWith('.tgz'));
  if (file === undefined) throw new Problem(`npm left no tarball of ${specifier} in ${folder}.`);
  const integrity = `sha512-${createHash('sha512').update(readFileSync(join(folder, file))).digest('base64')}`;
  if (integrity !== integrities[specifier]) throw new Problem(`${specifier} from npm is not the package that was published: its digest is ${integrity}. Which registry does npm use (npm config get registry)?`);
  return join(folder, file);
}
