#!/usr/bin/env node
/**
 * Builds TensorFlow's binding for Node (the native part of @tensorflow/tfjs-node) against a TensorFlow of today, from its wheel on
 * PyPI, into a folder from which the devices `tensorflow` and `cuda` load it. Nothing in node_modules is touched.
 * Run it by hand; nothing runs it on installation. See --help.
 */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compile, findNodeHeaders } from './tensorflow/compile.mjs';
import { placeLibraries, placeNvidia } from './tensorflow/libraries.mjs';
import { Problem, run, say, sizeOf } from './tensorflow/lib.mjs';
import { help, parseOptions } from './tensorflow/options.mjs';
import { placeBinding } from './tensorflow/sources.mjs';
import { tryAddon } from './tensorflow/try.mjs';

/** @param {import('./tensorflow/options.mjs').Options} options */
async function build(options) {
  if (process.platform !== 'linux') {
    throw new Problem(`The addon is built on Linux only, and this is ${process.platform}. Use the device 'webgpu' or 'simd' here.`);
  }
  await run(options.compiler, ['--version'], 'It compiles the binding: install g++ (Debian: apt-get install g++), or name another in CXX.');
  if (!existsSync(options.tensorflow ?? '')) {
    await run(options.python, ['-m', 'pip', '--version'], 'pip downloads TensorFlow: install it (Debian: apt-get install python3-pip), name another Python in PYTHON, or give --wheel.');
  }
  mkdirSync(dirname(options.out), { recursive: true });
  // Beside its place, so that the finished folder is moved there at once and a broken build leaves the old one alone.
  const work = mkdtempSync(`${options.out}.building-`);
  process.once('exit', () => rmSync(work, { recursive: true, force: true }));
  const folder = join(work, 'addon');
  mkdirSync(folder);

  const library = await placeLibraries({ folder, work, options });
  if (options.gpu && options.tensorflow === undefined) await placeNvidia({ folder, work, options, requirements: library.nvidia });
  const sources = await placeBinding({ folder, work, options });
  const headers = await findNodeHeaders({ work, options });
  await compile({ folder, sources, headers, include: library.include, compiler: options.compiler });
  const found = await tryAddon(folder, options.gpu);
  writeFileSync(join(folder, 'addon.json'), `${JSON.stringify({ format: 1, tensorflow: found.version, gpu: options.gpu, node: process.version }, null, 2)}\n`);

  rmSync(options.out, { recursive: true, force: true });
  renameSync(folder, options.out);
  say(`Done: TensorFlow ${found.version} in ${options.out} (${sizeOf(options.out)}).`);
  if (!options.isDefaultOut) say(`Let munit find it there: export MUNIT_TENSORFLOW_ADDON=${options.out}`);
  say(options.gpu ? 'Next: munit doctor; then --device cuda.' : 'Next: munit doctor; then --device tensorflow.');
  if (options.gpu && !found.usesGpu) say('TensorFlow sees no GPU here: what it said about it stands above, and munit doctor says more.');
}

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.once(signal, () => process.exit(130));
try {
  const options = parseOptions(process.argv.slice(2), process.env);
  if (options === 'help') process.stdout.write(help);
  else await build(options);
} catch (error) {
  if (!(error instanceof Problem)) throw error;
  process.stderr.write(`munit-tensorflow: ${error.message}\n`);
  process.exitCode = 1;
}
