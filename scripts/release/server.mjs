import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
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

/** @type {Record<string, string>} */
const types = { '.html': 'text/html', '.js': 'text/javascript', '.json': 'application/json', '.png': 'image/png', '.css': 'text/css', '.webp': 'image/webp', '.svg': 'image/svg+xml' };

/**
 * A static server of a folder.
 * @param {string} folder
 * @param {{ headers?: Record<string, string>, gzip?: boolean }} [options] `headers`: of every answer; `gzip`: compresses what is text, as hosts do.
 * @returns {Promise<{ url: string, close: () => void }>}
 */
export async function serveFolder(folder, { headers = {}, gzip = false } = {}) {
  const server = createServer((request, response) => {
    const path = join(folder, decodeURIComponent((request.url ?? '/').replace(/[?#].*/, '')).replace(/\/$/, '/index.html'));
    if (!path.startsWith(folder) || !existsSync(path)) return void response.writeHead(404, headers).end();
    const type = types[extname(path)] ?? 'application/octet-stream';
    const packed = gzip && /^text|json|svg/.test(type);
    response.writeHead(200, { 'Content-Type': type, ...(packed && { 'Content-Encoding': 'gzip' }), ...headers }).end(packed ? gzipSync(readFileSync(path)) : readFileSync(path));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/`, close: () => server.close() };
}
