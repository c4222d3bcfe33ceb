import { cpSync, existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { serveFolder, startServer } from './server.mjs';
import { steps } from './steps.mjs';
import { lookAt } from './visitor.mjs';

/** @typedef {import('./strangers.mjs').Stranger} Stranger @typedef {(folder: string, env: Record<string, string>) => Promise<string[]>} Use */

/** How each example is used once its model is there. @type {Record<string, Use>} */
const uses = {
  page: async (folder, env) => {
    const installed = await steps(join(folder, 'registry'), env, [['npm', ['init', '--yes']], ['npm', ['install', `@munit/infer@${env['version']}`, '@tensorflow/tfjs-core']]]);
    if (installed.length > 0) return installed;
    const server = await serveFolder(folder);
    try {
      // The page names a CDN; what that would send is what was installed.
      const bundle = readFileSync(join(folder, 'registry', 'node_modules', '@munit', 'infer', 'dist', 'bundle', 'munit.js'));
      return await lookAt(server.url, { pictures: 4, answers: { 'https://cdn.jsdelivr.net/npm/@munit/infer@0.1/dist/bundle/munit.js': bundle } });
    } finally {
      server.close();
    }
  },
  vite: (folder, env) => builtPage(folder, env, 'preview', 4),
  react: (folder, env) => builtPage(folder, env, 'preview', 1),
  next: (folder, env) => builtPage(folder, env, 'start', 4, devicesRoute),
  'node-server': async (folder, env) => {
    const installed = await steps(folder, env, [['npm', ['install']]]);
    if (installed.length > 0) return installed;
    return startServer(folder, 'start', env, async (url) => {
      const post = () => fetch(`${url}/translate?seed=1`, { method: 'POST', body: readFileSync(join(folder, 'drawing.png')) });
      const [first, second] = await Promise.all([post(), post()]);
      const [a, b] = await Promise.all([first.arrayBuffer(), second.arrayBuffer()]);
      const isPng = Buffer.from(a).subarray(1, 4).toString() === 'PNG';
      const refused = await fetch(`${url}/translate`, { method: 'POST', body: 'not an image' });
      return [
        ...(first.ok && isPng ? [] : [`The server answers ${first.status} and no PNG: ${Buffer.from(a).toString().slice(0, 300)}`]),
        ...(Buffer.from(a).equals(Buffer.from(b)) ? [] : ['Two requests with one seed give different images.']),
        ...(refused.status === 400 ? [] : [`The server answers ${refused.status} to what is not an image.`]),
      ];
    });
  },
};

/** The examples of a checkout, each as a stranger who copies it and follows its README. @param {string} checkout @returns {Stranger[]} */
export function examples(checkout) {
  const folder = join(checkout, 'examples');
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'package.json')));
  return names.map((name) => ({
    name: `examples/${name}`,
    run: async (home, env) => {
      const use = uses[name];
      if (use === undefined) return [`scripts/release/examples.mjs does not know how examples/${name} is used.`];
      // Away from this checkout, whose node_modules would lend what is missing.
      for (const part of [`examples/${name}`, 'examples/copy-model.mjs', 'apps/studio/public/models/animals', 'apps/studio/public/samples'])
        cpSync(join(checkout, part), join(home, part), { recursive: true });
      const own = join(home, 'examples', name);
      const prepared = await steps(own, env, [['npm', ['run', 'model']]]);
      return prepared.length > 0 ? prepared : use(own, env);
    },
  }));
}

/** @param {string} folder @param {Record<string, string>} env @param {string} script @param {number} pictures @param {((url: string) => Promise<string[]>)} [also] */
async function builtPage(folder, env, script, pictures, also) {
  const built = await steps(folder, { ...env, NEXT_TELEMETRY_DISABLED: '1' }, [['npm', ['install']], ['npm', ['run', 'build']]]);
  if (built.length > 0) return built;
  return startServer(folder, script, env, async (url) => [...(await lookAt(url, { pictures })), ...((await also?.(url)) ?? [])]);
}

/** @param {string} url */
async function devicesRoute(url) {
  const response = await fetch(`${url}/api/device`);
  const text = await response.text();
  return response.ok && JSON.parse(text).value === 2.5 ? [] : [`/api/device answers ${response.status}: ${text.slice(0, 500)}`];
}
