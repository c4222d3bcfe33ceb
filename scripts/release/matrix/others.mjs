import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { exec } from '../../lib/exec.mjs';
import { steps } from '../steps.mjs';
import { installedVersion, write, writeModel } from './project.mjs';

/** Inference, on WebAssembly, from a model's folder to a PNG. */
const program = `import { existsSync } from 'node:fs';
import { loadTranslator } from '@munit/infer/node';

const translator = await loadTranslator('model', { device: 'simd' });
const picture = await translator.translate('drawing.png', { seed: 1 });
await picture.save('translated.png');
console.log(picture.width, picture.height, translator.device.description);
translator.dispose();
if (!existsSync('translated.png')) throw new Error('no picture');
`;
/** What it prints. */
const printed = /^128 128 WebAssembly .* on \d+ threads?$/m;

/** @type {readonly { name: string, tool: string, range: string, bin: string, args: readonly string[] }[]} */
const runtimes = [
  { name: 'Deno', tool: 'deno', range: '^2.0.0', bin: 'deno', args: ['run', '--allow-all', 'program.mjs'] },
  { name: 'Bun', tool: 'bun', range: '^1.0.0', bin: 'bun', args: ['run', 'program.mjs'] },
];

/** Inference with what npm has installed, in another runtime. @param {string} checkout @returns {import('../strangers.mjs').Stranger[]} */
export const runtimeRows = (checkout) =>
  runtimes.map(({ name, tool, range, bin, args }) => ({
    name: `matrix/${name}`,
    run: async (folder, env) => {
      write(folder, { 'package.json': { name: 'runtime', private: true, type: 'module' }, 'program.mjs': program });
      writeModel(checkout, folder);
      const installed = await steps(folder, env, [['npm', ['install', `@munit/infer@${env['version']}`, '@tensorflow/tfjs-core', 'sharp', `${tool}@${range}`]]]);
      if (installed.length > 0) return installed;
      const { code, output } = await exec(join(folder, 'node_modules', '.bin', bin), args, { cwd: folder, env: { ...env, DENO_NO_UPDATE_CHECK: '1' }, minutes: 5 });
      return code === 0 && printed.test(output) && existsSync(join(folder, 'translated.png')) ? [] : [`${name} ${installedVersion(folder, tool)} exits with ${code}:\n${output}`];
    },
  }));

/** Inference from zip files, without node_modules: a dependency that is not declared is not found there. @param {string} checkout @returns {import('../strangers.mjs').Stranger} */
export const yarnRow = (checkout) => ({
  name: 'matrix/Yarn 4, Plug’n’Play',
  run: async (folder, env) => {
    const project = join(folder, 'project');
    const registry = env['NPM_CONFIG_REGISTRY'] ?? '';
    write(project, {
      'package.json': { name: 'pnp', private: true, type: 'module', dependencies: { '@munit/infer': env['version'], '@munit/cli': env['version'], '@tensorflow/tfjs-core': '^4.22.0', sharp: '>=0.34.0' } },
      'program.mjs': program,
      '.yarnrc.yml': `nodeLinker: pnp\nnpmRegistryServer: ${JSON.stringify(registry)}\nunsafeHttpWhitelist: ["127.0.0.1"]\nenableTelemetry: false\nenableGlobalCache: false\nenableImmutableInstalls: false\nnpmMinimalAgeGate: 0\n`,
      'yarn.lock': '',
    });
    writeModel(checkout, project);
    const installed = await steps(folder, env, [['npm', ['init', '--yes']], ['npm', ['install', '@yarnpkg/cli-dist@^4.0.0']]]);
    if (installed.length > 0) return installed;
    const yarn = join(folder, 'node_modules', '@yarnpkg', 'cli-dist', 'bin', 'yarn.js');
    const problems = [];
    for (const args of [['install'], ['node', 'program.mjs'], ['munit', 'translate', 'model', 'drawing.png', '--out', 'out', '--device', 'simd']]) {
      // Its own cache: what it remembers of another rehearsal's registry names addresses that are gone.
      const { code, output } = await exec(process.execPath, [yarn, ...args], { cwd: project, env: { ...env, YARN_GLOBAL_FOLDER: join(folder, 'yarn') }, minutes: 10 });
      const said = args[1] === 'program.mjs' ? printed.test(output) : true;
      if (code !== 0 || !said) problems.push(`\`yarn ${args.join(' ')}\` exits with ${code}:\n${output.slice(-4000)}`);
    }
    return problems;
  },
});
