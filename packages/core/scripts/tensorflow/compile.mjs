/** The C++ of the binding, by one call of the compiler: it uses Node-API alone, so one build serves every version of Node. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, say } from './lib.mjs';
import { fetchPackage } from './sources.mjs';

const unpacker = fileURLToPath(new URL('unpack.py', import.meta.url));

/** @param {Pick<import('./libraries.mjs').Place, 'work' | 'options'>} place @returns {Promise<string>} */
export async function findNodeHeaders({ work, options }) {
  const beside = join(dirname(dirname(process.execPath)), 'include/node');
  const found = [options.headers, beside, '/usr/include/node'].find((folder) => folder !== undefined && existsSync(join(folder, 'node_api.h')));
  if (found !== undefined) return found;
  const target = join(work, 'node-api-headers');
  await run(options.python, [unpacker, await fetchPackage(work, 'node-api-headers@1.9.0'), target], 'Is it a whole tarball?');
  return join(target, 'include');
}

/** @param {{ folder: string, sources: string, headers: string, include: string, compiler: string }} inputs */
export async function compile({ folder, sources, headers, include, compiler }) {
  say(`Compiling with ${compiler} ...`);
  const libraries = join(folder, 'tensorflow');
  await run(
    compiler,
    ['-O2', '-std=c++17', '-shared', '-fPIC', '-DNAPI_VERSION=8', `-I${headers}`, `-I${sources}`, `-I${include}`,
      join(sources, 'binding/tfjs_backend.cc'), join(sources, 'binding/tfjs_binding.cc'),
      `-L${libraries}`, '-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2', '-Wl,-rpath,$ORIGIN/tensorflow',
      '-o', join(folder, 'tfjs_binding.node')],
    'The binding did not compile. Versions 2.16 to 2.21 of TensorFlow are known to work.',
  );
}
