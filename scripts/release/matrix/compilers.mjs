import { join } from 'node:path';
import { exec } from '../../lib/exec.mjs';
import { steps } from '../steps.mjs';
import { installedVersion, write } from './project.mjs';

/** The oldest TypeScript that reads the declarations, the last one written in JavaScript, and the newest. `checked`: munit's own declarations pass a check. */
export const compilers = [
  { line: '5.4', checked: false },
  { line: '5.9', checked: true },
  { line: '7', checked: true },
];

/** How programs find modules, and what goes with it. */
const resolutions = [
  { module: 'node16', moduleResolution: 'node16' },
  { module: 'nodenext', moduleResolution: 'nodenext' },
  { module: 'esnext', moduleResolution: 'bundler' },
];

/** Every entry, by what the README's programs do with it. */
const program = `import { type Device, openDevice, readTensor, tensor } from '@munit/core';
import { loadTranslator, type Translator } from '@munit/infer';
import { loadTranslator as loadInNode, translateFiles } from '@munit/infer/node';
import { serveTranslator, TranslatorClient } from '@munit/infer/worker';
import { loadModel } from '@munit/formats';
import { convBlock } from '@munit/layers';
import { runTraining } from '@munit/train/node';
import { openTraining } from '@munit/train/browser';
import { serveModel } from '@munit/serve';
import { loadLpips } from '@munit/metrics';

export async function run(): Promise<Float32Array> {
  const device: Device = await openDevice('simd');
  const translator: Translator = await loadTranslator('model', { device });
  const picture = await translator.translate('drawing.png', { seed: 1 });
  const many = await translator.translate(['a.png', 'b.png'], { styles: 2 });
  const values: Float32Array = (await readTensor(tensor([1, 2]))) as Float32Array;
  translator.dispose();
  console.log(picture.width, many[0]?.[0]?.height);
  return values;
}
export const all = [loadInNode, translateFiles, serveTranslator, TranslatorClient, loadModel, convBlock, runTraining, openTraining, serveModel, loadLpips];
`;

/**
 * A program of every entry under one compiler, each way of finding modules, with the declarations of all packages checked. Those of TensorFlow.js do
 * not pass that; munit's must.
 * @param {{ line: string, checked: boolean }} compiler @returns {import('../strangers.mjs').Stranger}
 */
export const compilerRow = ({ line, checked }) => ({
  name: `matrix/TypeScript ${line}`,
  run: async (folder, env) => {
    write(folder, { 'package.json': { name: 'typed', private: true, type: 'module' }, 'program.ts': program });
    const packages = ['core', 'infer', 'formats', 'layers', 'train', 'serve', 'metrics'].map((name) => `@munit/${name}@${env['version']}`);
    const problems = await steps(folder, env, [['npm', ['install', ...packages, '@tensorflow/tfjs-core', `typescript@${line}`, '@types/node@20']]]);
    if (problems.length > 0) return problems;
    const version = installedVersion(folder, 'typescript');
    for (const resolution of resolutions)
      for (const skipLibCheck of checked ? [true, false] : [true]) {
        const compilerOptions = { ...resolution, noEmit: true, strict: true, exactOptionalPropertyTypes: true, skipLibCheck, target: 'es2022', lib: ['es2023', 'dom', 'dom.iterable'], types: ['node'] };
        write(folder, { 'tsconfig.json': { compilerOptions, files: ['program.ts'] } });
        const { code, output } = await exec(process.execPath, [join(folder, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', folder, '--pretty', 'false'], { cwd: folder, minutes: 5 });
        const own = output.split('\n').filter((text) => /error TS/.test(text) && !foreign.test(text));
        if (own.length > 0 || (skipLibCheck && code !== 0)) problems.push(`TypeScript ${version}, ${resolution.moduleResolution}, skipLibCheck ${skipLibCheck}:\n${own.join('\n') || output}`);
      }
    return problems;
  },
});

/** Declarations that are not munit's, and what they need of those. */
const foreign = /^node_modules\/(?!@munit\/)/;
