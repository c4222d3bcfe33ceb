import { join } from 'node:path';
import { serveFolder, startServer } from '../server.mjs';
import { steps } from '../steps.mjs';
import { lookAt } from '../visitor.mjs';
import { html, installedVersion, page, write, writeModel } from './project.mjs';

/**
 * @typedef {object} Bundler
 * @property {string} name As the table of the site names it.
 * @property {Record<string, string>} tools What is installed beside munit; the first is the bundler.
 * @property {Record<string, unknown>} [files] Its configuration: all that it needs.
 * @property {Record<string, unknown>} [manifest] Its part of package.json.
 * @property {string} build The command, which leaves the page in `dist`.
 * @property {string} [dev] The command of its server for development, if that is tried too.
 * @property {'dist' | 'public'} [still] Where files go that it does not touch. Default dist, after the build.
 * @property {boolean} [ownPage] It does not read HTML: the page names what it has built.
 */

/** The worker loads a device's code when it is needed, and only modules can. */
const vite = { 'vite.config.js': "export default { worker: { format: 'es' } };\n" };

/** @type {readonly Bundler[]} */
export const bundlers = [
  { name: 'Vite 7', tools: { vite: '^7.0.0' }, files: vite, build: 'vite build', dev: 'vite', still: 'public' },
  { name: 'Vite 8', tools: { vite: '^8.0.0' }, files: vite, build: 'vite build', dev: 'vite', still: 'public' },
  {
    name: 'webpack 5',
    // Version 7 brings a dependency that refuses Node 20.
    tools: { webpack: '^5.0.0', 'webpack-cli': '^6.0.1' },
    files: { 'webpack.config.js': "export default { mode: 'production', entry: './src/main.js', output: { filename: 'main.js' } };\n" },
    build: 'webpack',
    ownPage: true,
  },
  {
    name: 'esbuild',
    tools: { esbuild: '^0.28.0' },
    build: 'esbuild src/main.js src/worker.js --bundle --splitting --minify --format=esm --target=es2022 --outdir=dist',
    ownPage: true,
  },
  {
    name: 'Rollup 4',
    tools: { rollup: '^4.0.0', '@rollup/plugin-node-resolve': '^16.0.0', '@rollup/plugin-commonjs': '^29.0.0' },
    files: {
      'rollup.config.js': `import commonjs from '@rollup/plugin-commonjs';
import resolve from '@rollup/plugin-node-resolve';

export default { input: ['src/main.js', 'src/worker.js'], output: { dir: 'dist' }, plugins: [resolve({ browser: true }), commonjs()] };
`,
    },
    build: 'rollup --config',
    ownPage: true,
  },
  {
    name: 'Parcel 2',
    // The last two are stand-ins for what TensorFlow.js asks of Node; Parcel would install them in the middle of a build, which fails.
    tools: { parcel: '^2.16.0', buffer: '^6.0.0', process: '^0.11.0' },
    manifest: { '@parcel/resolver-default': { packageExports: true }, '@parcel/bundler-default': { disableSharedBundles: true } },
    build: 'parcel build index.html --dist-dir dist --no-source-maps --no-cache',
  },
];

/** With these a page may share memory among threads. */
const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };
const says = /^Translated on WebAssembly .* on \d+ threads?\.$/;

/**
 * A page that a bundler makes of the published packages, used in Chromium: the worker, WebAssembly and its threads.
 * @param {string} checkout @param {Bundler} bundler @returns {import('../strangers.mjs').Stranger}
 */
export const bundlerRow = (checkout, { name, tools, files = {}, manifest = {}, build, dev, still = 'dist', ownPage = false }) => ({
  name: `matrix/${name}`,
  run: async (folder, env) => {
    write(folder, {
      ...page,
      ...files,
      'index.html': html('./src/main.js'),
      'package.json': {
        name: 'page',
        private: true,
        type: 'module',
        scripts: { build, ...(dev !== undefined && { dev }) },
        dependencies: { '@munit/infer': env['version'], '@tensorflow/tfjs-core': '^4.22.0' },
        devDependencies: tools,
        ...manifest,
      },
    });
    if (still === 'public') writeModel(checkout, join(folder, 'public'));
    const built = await steps(folder, env, [['npm', ['install']], ['npm', ['run', 'build']]]);
    if (built.length > 0) return built;
    if (ownPage) write(folder, { 'dist/index.html': html('./main.js') });
    if (still === 'dist') writeModel(checkout, join(folder, 'dist'));

    const { url, close } = await serveFolder(join(folder, 'dist'), { headers });
    const problems = await lookAt(url, { pictures: 1, says }).finally(close);
    if (dev !== undefined) problems.push(...(await startServer(folder, 'dev', env, (address) => lookAt(address, { pictures: 1, says }))));
    const version = installedVersion(folder, Object.keys(tools)[0] ?? '');
    return problems.map((problem) => `${name} (${version}): ${problem}`);
  },
});
