import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from './registry.mjs';

/**
 * Starts what a script of an example starts (its server, without npm in between, which would keep signals to itself), uses it, and stops it.
 * @param {string} folder @param {string} script @param {Record<string, string>} env @param {(url: string) => Promise<string[]>} use
 * @returns {Promise<string[]>} What went wrong.
 */
export async function startServer(folder, script, env, use) {
  const port = await freePort();
  /** @type {{ scripts: Record<string, string> }} */
  const { scripts } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const [command = '', ...args] = (scripts[script] ?? '').split(' ');
  const own = command === 'node' ? [process.execPath, ...args] : [process.execPath, join(folder, 'node_modules', '.bin', command), ...args, '--port', String(port)];
  const child = spawn(own[0] ?? '', own.slice(1), { cwd: folder, env: { ...process.env, ...env, PORT: String(port) }, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (/** @type {Buffer} */ chunk) => (log += chunk.toString()));
  const closed = new Promise((resolve) => child.once('close', resolve));
  try {
    const url = `http://localhost:${port}`;
    for (let tries = 0; ; tries++) {
      if (child.exitCode !== null || tries > 600) return [`\`npm run ${script}\` in ${folder} does not serve:\n${log}`];
      if ((await fetch(url).catch(() => undefined)) !== undefined) break;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const problems = await use(url);
    return problems.length > 0 ? [...problems, `What the server printed:\n${log}`] : [];
  } finally {
    child.kill('SIGTERM');
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 10_000))]);
    child.kill('SIGKILL');
  }
}
