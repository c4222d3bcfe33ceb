/** A server on this machine that does to a download what servers, proxies and enemies do. */
import { once } from 'node:events';
import { createServer } from 'node:http';

/** @typedef {import('../library.js').Rng} Rng @typedef {import('node:http').ServerResponse} Response */
/** @typedef {{ response: Response, body: Uint8Array, rng: Rng }} Answer */
/**
 * What the server does to one file. `sound`: the download may succeed.
 * @typedef {{ name: string, sound?: true, answer: (answer: Answer) => void }} Trick
 */

/** Bytes that a slow server sends at a time, and how often. */
const [slowBytes, slowMs] = [16, 20];

/** @param {Rng} rng @param {number} length */
const noise = (rng, length) => Uint8Array.from({ length }, () => rng.integer(256));

/** @type {readonly Trick[]} */
export const tricks = [
  { name: 'nothing', sound: true, answer: ({ response, body }) => void response.end(body) },
  {
    name: 'drops the connection',
    answer: ({ response, body, rng }) => {
      response.setHeader('content-length', body.length);
      response.write(body.subarray(0, rng.integer(body.length)), () => response.destroy());
    },
  },
  {
    name: 'drops the connection of a body in chunks',
    answer: ({ response, body, rng }) => void response.write(body.subarray(0, 1 + rng.integer(body.length)), () => response.destroy()),
  },
  { name: 'drops the connection before it answers', answer: ({ response }) => void response.destroy() },
  {
    name: 'ends too early',
    answer: ({ response, body, rng }) => {
      response.setHeader('content-length', body.length + 1 + rng.integer(1000));
      response.write(body, () => response.destroy());
    },
  },
  {
    name: 'states too little',
    answer: ({ response, body, rng }) => {
      response.setHeader('content-length', rng.integer(body.length));
      response.strictContentLength = false;
      response.end(body);
    },
  },
  {
    name: 'states a length that is none',
    answer: ({ response, body, rng }) => {
      response.socket?.write(`HTTP/1.1 200 OK\r\nContent-Length: ${['-1', 'x', '1e3', '99999999999999999999'][rng.integer(4)]}\r\nConnection: close\r\n\r\n`);
      response.socket?.end(body);
    },
  },
  {
    name: 'sends bad gzip',
    answer: ({ response, body, rng }) => {
      response.setHeader('content-encoding', ['gzip', 'deflate', 'br'][rng.integer(3)] ?? 'gzip');
      response.end(body);
    },
  },
  {
    name: 'redirects in a circle',
    answer: ({ response }) => {
      response.writeHead(302, { location: response.req.url ?? '/' });
      response.end();
    },
  },
  {
    name: 'redirects to nowhere',
    answer: ({ response, rng }) => {
      response.writeHead(301, { location: ['file:///etc/passwd', 'http://127.0.0.1:1/x', 'ftp://127.0.0.1/', '//', 'http://'][rng.integer(5)] });
      response.end();
    },
  },
  {
    name: 'is slow',
    answer: ({ response, body }) => {
      let at = 0;
      const timer = setInterval(() => {
        response.write(body.subarray(at, (at += slowBytes)));
      }, slowMs);
      response.on('close', () => clearInterval(timer));
    },
  },
  { name: 'stays silent', answer: () => undefined },
  {
    name: 'falls silent',
    answer: ({ response, body, rng }) => {
      response.setHeader('content-length', body.length);
      response.write(body.subarray(0, rng.integer(body.length)));
    },
  },
  { name: 'sends a page', answer: ({ response, rng }) => void response.writeHead(200, rng.integer(2) === 0 ? { 'content-type': 'text/html' } : {}).end('<!doctype html><title>Sign in</title>') },
  { name: 'sends noise', answer: ({ response, rng }) => void response.end(noise(rng, rng.integer(5000))) },
  { name: 'sends nothing', answer: ({ response }) => void response.end() },
  { name: 'changes a byte', answer: ({ response, body, rng }) => void response.end(changed(body, rng)) },
  { name: 'sends too large headers', answer: ({ response }) => void response.writeHead(200, { 'x-long': 'x'.repeat(100_000) }).end() },
  { name: 'answers with a status', answer: ({ response, rng }) => void response.writeHead([204, 206, 400, 401, 403, 404, 410, 418, 429, 500, 503][rng.integer(11)] ?? 500).end('no') },
  { name: 'does not speak HTTP', answer: ({ response, rng }) => void response.socket?.end(noise(rng, 200)) },
  {
    name: 'sends without end',
    answer: ({ response, rng }) => {
      const block = noise(rng, 65_536);
      const more = () => {
        while (!response.destroyed && response.write(block));
      };
      response.on('drain', more);
      more();
    },
  },
];

/** @param {Uint8Array} body @param {Rng} rng */
function changed(body, rng) {
  const copy = body.slice();
  const at = rng.integer(copy.length);
  copy[at] = (copy[at] ?? 0) ^ (1 + rng.integer(255));
  return copy;
}

/**
 * Serves `files` below `/ID/`, where each ID is a trial with a trick for one file.
 * @param {ReadonlyMap<string, Uint8Array>} files
 */
export async function openServer(files) {
  /** @type {Map<string, { file: string, trick: Trick, rng: Rng }>} */
  const trials = new Map();
  const server = createServer((request, response) => {
    // A client that is gone is what half of the trials are about.
    response.on('error', () => undefined);
    response.setHeader('connection', 'close');
    const [, id = '', ...rest] = new URL(request.url ?? '/', 'http://localhost').pathname.split('/');
    const name = rest.at(-1) ?? '';
    const body = files.get(name);
    const trial = trials.get(id);
    if (body === undefined || trial === undefined) return void response.writeHead(404).end();
    if (name !== trial.file) return void response.end(body);
    return trial.trick.answer({ response, body, rng: trial.rng });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    origin: `http://127.0.0.1:${port}`,
    trials,
    /** How many connections are open. @returns {Promise<number>} */
    connections: () => new Promise((resolve) => server.getConnections((_, count) => resolve(count))),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
