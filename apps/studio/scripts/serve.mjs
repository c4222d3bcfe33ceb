// node scripts/serve.mjs [--port 5173]: serves the built studio as any static host would, but isolated, so that it has threads.
import { spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const types = /** @type {Readonly<Record<string, string>>} */ ({
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
});

/** What makes a page isolated, and so gives it threads. */
const isolation = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

/**
 * The file that a request names; undefined where it names none, 400 where it cannot be read.
 * @param {string} root @param {string} target The target of the request as it was sent, so anything.
 */
function fileOf(root, target) {
  let path;
  try {
    // Not resolved against a base: `//` would be a host without a name.
    path = decodeURIComponent(target.replace(/[?#].*$/s, ''));
  } catch {
    return 400;
  }
  if (!path.startsWith('/') || path.includes('\0')) return 400;
  const file = join(root, normalize(path.endsWith('/') ? `${path}index.html` : path));
  return file.startsWith(root + sep) ? file : undefined;
}

/**
 * @param {string} root @param {boolean} isolate
 * @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response
 */
async function answer(root, isolate, request, response) {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD' }).end('Only GET and HEAD are answered');
    return;
  }
  const file = fileOf(root, request.url ?? '/');
  if (file === 400) {
    response.writeHead(400).end('Bad request');
    return;
  }
  const handle = file === undefined ? undefined : await open(file).catch(() => undefined);
  const found = await handle?.stat();
  if (file === undefined || handle === undefined || !found?.isFile()) {
    await handle?.close();
    response.writeHead(404).end('Not found');
    return;
  }
  response.writeHead(200, {
    'Content-Type': types[extname(file)] ?? 'application/octet-stream',
    'Content-Length': found.size,
    ...(isolate ? isolation : {}),
  });
  if (request.method === 'HEAD') {
    await handle.close();
    response.end();
  } else await pipeline(handle.createReadStream(), response);
}

/**
 * @param {{ root: string, port?: number, isolate?: boolean }} options `port` 0: any that is free.
 * @returns {Promise<{ address: string, close: () => Promise<void> }>}
 */
export async function serve({ root, port = 0, isolate = false }) {
  const folder = resolve(root);
  const server = createServer((request, response) => {
    // A file that cannot be read to its end, a client that has gone: only this answer ends.
    answer(folder, isolate, request, response).catch(() => response.destroy());
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(undefined));
  });
  const found = server.address();
  if (found === null || typeof found === 'string') throw new Error('The server has no address.');
  const close = () =>
    new Promise((/** @type {(value: void) => void} */ resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { address: `http://127.0.0.1:${found.port}/`, close };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '5173' } } });
  const root = fileURLToPath(new URL('../dist', import.meta.url));
  // Another program may have the port: then any that is free.
  const { address } = await serve({ root, port: Number(values.port), isolate: true }).catch(() => serve({ root, isolate: true }));
  const url = address.replace('127.0.0.1', 'localhost');
  console.log(`The studio is at ${url} (Ctrl-C ends it).`);
  if (process.stdout.isTTY && !process.env.CI) openBrowser(url);
}

/** Where there is no browser to open, the address has been printed. @param {string} url */
function openBrowser(url) {
  const openers = /** @type {Readonly<Record<string, string[]>>} */ ({ darwin: ['open', url], win32: ['cmd', '/c', 'start', url] });
  const [command = '', ...args] = openers[process.platform] ?? ['xdg-open', url];
  spawn(command, args, { stdio: 'ignore', detached: true }).on('error', () => {}).unref();
}
