import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { cache } from '../lib/paths.mjs';
import { npm } from '../lib/pnpm.mjs';

/** Fetched when a rehearsal needs it: an install of this workspace should not have to carry a registry. Its versions from 6.9 need Node 22. */
const verdaccio = '6.8.0';
/** It names this one by a tag that not every mirror of the registry has. */
const overrides = { 'node-fetch': '2.7.0' };

/** @typedef {{ url: string, env: Record<string, string>, close: () => Promise<void> }} Registry `env` makes npm and npx use it, with a cache of their own. */

/**
 * A registry on this machine that takes packages named `@munit/…` and passes on everything else from the registry that npm is set to.
 * @param {string} folder Where it keeps its packages; the caller removes it.
 * @returns {Promise<Registry>}
 */
export async function startRegistry(folder) {
  const home = join(cache, `verdaccio-${verdaccio}`);
  const entry = join(home, 'node_modules', 'verdaccio', 'bin', 'verdaccio');
  if (!existsSync(entry)) {
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'package.json'), JSON.stringify({ private: true, dependencies: { verdaccio }, overrides }));
    const { code, output } = await npm(['install', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: home, minutes: 10 });
    if (code !== 0) throw new Error(`npm could not fetch verdaccio ${verdaccio}, the registry of the rehearsal:\n${output}`);
  }
  const upstream = (await npm(['config', 'get', 'registry'])).output.trim();
  const port = await freePort();
  mkdirSync(folder, { recursive: true });
  const config = join(folder, 'config.yaml');
  writeFileSync(config, settings(folder, upstream));
  const child = spawn(process.execPath, [entry, '--config', config, '--listen', `127.0.0.1:${port}`], { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (/** @type {Buffer} */ chunk) => (log += chunk.toString()));

  const url = `http://127.0.0.1:${port}/`;
  await answering(`${url}-/ping`, () => (child.exitCode === null ? undefined : log));
  const npmrc = join(folder, 'npmrc');
  // Anyone may publish; npm only wants to see that there is a token.
  writeFileSync(npmrc, `registry=${url}\n//127.0.0.1:${port}/:_authToken=rehearsal\nfund=false\naudit=false\nupdate-notifier=false\n`);
  return {
    url,
    env: { NPM_CONFIG_USERCONFIG: npmrc, NPM_CONFIG_REGISTRY: url, NPM_CONFIG_CACHE: join(folder, 'npm-cache') },
    close: () =>
      new Promise((resolve) => {
        child.once('close', () => resolve());
        if (child.exitCode !== null) resolve();
        else child.kill();
      }),
  };
}

/** @param {string} folder @param {string} upstream */
const settings = (folder, upstream) => `storage: ${JSON.stringify(join(folder, 'storage'))}
uplinks:
  upstream:
    url: ${JSON.stringify(upstream)}
    timeout: 60s
    maxage: 60m
    cache: false
packages:
  '@munit/*': { access: $all, publish: $all, unpublish: $all }
  '**': { access: $all, proxy: upstream }
max_body_size: 50mb
log: { type: stdout, format: pretty, level: warn }
`;

/** A port that nothing listens on. @returns {Promise<number>} */
export const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

/** Waits until the registry answers. @param {string} url @param {() => string | undefined} ended What it printed, once it has ended. */
async function answering(url, ended) {
  for (let tries = 0; tries < 300; tries++) {
    const output = ended();
    if (output !== undefined) throw new Error(`The registry of the rehearsal ended at once:\n${output}`);
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('The registry of the rehearsal did not answer within a minute.');
}
