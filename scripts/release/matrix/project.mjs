import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Writes files of a project; what is no string becomes JSON. @param {string} folder @param {Record<string, unknown>} files By path. */
export function write(folder, files) {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content, undefined, 2));
  }
}

/** Puts the studio's model of animals and a drawing into a folder. @param {string} checkout @param {string} folder */
export function writeModel(checkout, folder) {
  const studio = join(checkout, 'apps', 'studio', 'public');
  cpSync(join(studio, 'models', 'animals'), join(folder, 'model'), { recursive: true });
  cpSync(join(studio, 'samples', 'animal-a0.png'), join(folder, 'drawing.png'));
}

/** The version of an installed package. @param {string} folder The project. @param {string} name */
export function installedVersion(folder, name) {
  /** @type {{ version: string }} */
  const { version } = JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8'));
  return version;
}

/** A page that translates one drawing in a worker, on WebAssembly, and says on what. @type {Record<string, string>} */
export const page = {
  'src/main.js': `import { TranslatorClient } from '@munit/infer/worker';

const output = document.querySelector('output');
const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });

async function show() {
  const translator = await TranslatorClient.load(worker, 'model/', { device: 'simd' });
  const picture = await translator.translate('drawing.png', { seed: 1 });
  document.body.append(picture.toCanvas());
  output.textContent = \`Translated on \${translator.device.description}.\`;
}

show().catch((error) => (output.textContent = String(error)));
`,
  'src/worker.js': `import { serveTranslator } from '@munit/infer/worker';

serveTranslator();
`,
};

/** @param {string} script The address of the page's program. */
export const html = (script) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>munit</title><body><p><output>Loading …</output></p><script type="module" src="${script}"></script></body></html>`;
