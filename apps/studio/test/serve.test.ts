import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serve } from '../scripts/serve.mjs';

const parent = mkdtempSync(join(tmpdir(), 'munit-serve-'));
const root = join(parent, 'dist');
let server: Awaited<ReturnType<typeof serve>>;

beforeAll(async () => {
  mkdirSync(join(root, 'models'), { recursive: true });
  mkdirSync(join(parent, 'dist-secret'));
  writeFileSync(join(root, 'index.html'), '<p>here</p>');
  writeFileSync(join(root, 'models', 'ä b.json'), '{}');
  writeFileSync(join(parent, 'secret'), 'secret');
  writeFileSync(join(parent, 'dist-secret', 'x'), 'secret');
  server = await serve({ root, isolate: true });
});
afterAll(async () => {
  await server.close();
  rmSync(parent, { recursive: true });
});

/** The status line and the body, for a target exactly as given: `fetch` would mend it first. */
function raw(target: string, method = 'GET'): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(server.address).port), '127.0.0.1');
    let answer = '';
    socket.setEncoding('utf8').on('data', (text: string) => (answer += text)).on('error', reject);
    socket.on('close', () => resolve(answer));
    socket.write(`${method} ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  });
}

it.each([
  ['/', 200],
  ['/?x=%', 200],
  ['/models/%C3%A4%20b.json', 200],
  ['/models', 404],
  ['/models/', 404],
  ['/absent', 404],
  ['//', 200],
  ['//models/%C3%A4%20b.json', 200],
  ['/%', 400],
  ['/%E0%A4%A', 400],
  ['/%00', 400],
  ['http://', 400],
  ['*', 400],
  ['/../secret', 404],
  ['/%2e%2e/secret', 404],
  ['/..%2fsecret', 404],
  ['/../dist-secret/x', 404],
])('GET %s is answered %i, and the server answers the next', async (target, status) => {
  const answer = await raw(target);
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(answer).not.toContain('secret');
  const next = await fetch(server.address);
  expect(next.status).toBe(200);
  expect(next.headers.get('cross-origin-embedder-policy')).toBe('require-corp');
  expect(await next.text()).toBe('<p>here</p>');
});

it('answers HEAD without a body, and refuses other methods', async () => {
  expect(await raw('/', 'HEAD')).toMatch(/^HTTP\/1.1 200 [^]*Content-Length: 11\r\n[^]*\r\n\r\n$/);
  expect(await raw('/', 'POST')).toMatch(/^HTTP\/1.1 405 /);
});
