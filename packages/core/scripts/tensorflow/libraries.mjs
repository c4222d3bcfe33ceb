/** TensorFlow's shared objects and headers, and NVIDIA's libraries. */
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pinned } from './digests.mjs';
import { Problem, run, say } from './lib.mjs';

/** @typedef {{ folder: string, work: string, options: import('./options.mjs').Options }} Place */

const unpacker = fileURLToPath(new URL('unpack.py', import.meta.url));

/**
 * Puts libtensorflow into `folder`/tensorflow.
 * @param {Place} place
 * @returns {Promise<{ include: string, nvidia: readonly string[] }>} Its headers, and the packages of NVIDIA's that it asks for.
 */
export async function placeLibraries({ folder, work, options }) {
  if (options.tensorflow !== undefined) {
    // Its libraries find NVIDIA's by their place beside it.
    symlinkSync(options.tensorflow, join(folder, 'tensorflow'));
    say(`TensorFlow: ${options.tensorflow}`);
    return { include: join(options.tensorflow, 'include'), nvidia: [] };
  }
  const wheel = options.wheel ?? (await download({ work, options }, packageName(options), `==${options.version}`));
  say(`TensorFlow: ${wheel}`);
  const remedy = 'Is it a whole wheel of TensorFlow for Linux?';
  await run(options.python, [unpacker, wheel, folder, 'tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2'], remedy);
  await run(options.python, [unpacker, wheel, join(work, 'headers'), 'tensorflow/include/'], remedy);
  for (const library of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']) {
    if (!existsSync(join(folder, 'tensorflow', library))) throw new Problem(`${wheel} has no ${library}: it is not a wheel of TensorFlow 2.16 to 2.21 for Linux.`);
  }
  const listed = await run(options.python, [unpacker, wheel, '--requires', 'and-cuda'], remedy);
  if (options.wheel === undefined) rmSync(wheel);
  return { include: join(work, 'headers/tensorflow/include'), nvidia: listed.split('\n').filter((line) => line !== '') };
}

/**
 * Puts NVIDIA's libraries into `folder`/nvidia, where those of TensorFlow look for them.
 * @param {Place & { requirements: readonly string[] }} place
 */
export async function placeNvidia({ folder, work, options, requirements }) {
  if (requirements.length === 0) throw new Problem("This wheel asks for no CUDA: it is TensorFlow for the CPU. Leave --wheel out, or take the package 'tensorflow'.");
  for (const requirement of requirements) {
    const [, name, range] = /^([\w.-]+)(.*)$/.exec(requirement) ?? [];
    if (name === undefined || range === undefined) throw new Problem(`The wheel asks for '${requirement}', which cannot be read.`);
    const wheel = await download({ work, options }, name, range);
    say(`NVIDIA: ${wheel.slice(wheel.lastIndexOf('/') + 1)}`);
    await run(options.python, [unpacker, wheel, folder, 'nvidia/'], 'Is it a whole wheel?');
    rmSync(wheel);
  }
}

/** @param {import('./options.mjs').Options} options */
const packageName = ({ gpu }) => (gpu || process.arch !== 'x64' ? 'tensorflow' : 'tensorflow-cpu');

/**
 * A wheel from PyPI; the library in it is the same for every Python.
 * @param {Pick<Place, 'work' | 'options'>} place
 * @param {string} name
 * @param {string} range
 */
async function download({ work, options }, name, range) {
  const folder = join(work, 'wheels', name);
  mkdirSync(folder, { recursive: true });
  const architecture = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  const platforms = ['manylinux2014', 'manylinux_2_17', 'manylinux_2_24', 'manylinux_2_26', 'manylinux_2_27', 'manylinux_2_28'];
  const requirement = pinned(name, range);
  say(`Downloading ${name}${range}${requirement === undefined ? '; its digest is not known here, and not checked' : ''} ...`);
  const list = join(folder, 'requirements.txt');
  writeFileSync(list, requirement ?? `${name}${range}\n`);
  await run(
    options.python,
    ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary=:all:', '--implementation=cp', '--python-version=3.12',
      ...platforms.map((platform) => `--platform=${platform}_${architecture}`), `--dest=${folder}`, ...(requirement === undefined ? [] : ['--require-hashes']), `--requirement=${list}`],
    `pip could not fetch ${name}${range}, or what it got is not what was published. Is PyPI reachable? Otherwise download the wheel elsewhere and give it by --wheel.`,
  );
  const wheel = readdirSync(folder).find((file) => file.endsWith('.whl'));
  if (wheel === undefined) throw new Problem(`pip left no wheel of ${name} in ${folder}.`);
  return join(folder, wheel);
}
