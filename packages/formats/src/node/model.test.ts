import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AbortedError, ConfigError } from '@munit/core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { modelFor, tiny } from '../../test/models.js';
import { ModelSourceError } from '../errors.js';
import { packModel } from '../model/pack.js';
import { loadModel, writeFileAtomically, writeModel } from './index.js';

const model = modelFor(tiny);
const root = mkdtempSync(join(tmpdir(), 'munit-model-'));
afterAll(() => rmSync(root, { recursive: true }));

describe('on disk', () => {
  const folder = join(root, 'runs', 'first');

  it('a model is written and read: folder, manifest, weights, URL', async () => {
    await writeModel(folder, model);
    expect(readdirSync(folder).sort()).toEqual(['README.md', 'model.json', 'model.safetensors']);
    expect(readdirSync(join(root, 'runs'))).toEqual(['first']);
    for (const source of [folder, `${folder}/`, join(folder, 'model.json'), join(folder, 'model.safetensors'), pathToFileURL(folder)]) {
      expect(await loadModel(source)).toEqual(model);
    }
  });

  it('is not overwritten unasked, and leaves nothing behind when replaced', async () => {
    await expect(writeModel(folder, model)).rejects.toThrow(/is not empty.*overwrite/s);
    const other = modelFor(tiny, 0.5);
    await writeModel(folder, other, { overwrite: true });
    expect(await loadModel(folder)).toEqual(other);
    expect(readdirSync(folder).sort()).toEqual(['README.md', 'model.json', 'model.safetensors']);
  });

  it.each(['munit-tmp', 'part'])('what a killed attempt left half written is cleared away, and what others are writing is not (%s)', async (ending) => {
    const place = join(root, `killed-${ending}`);
    const machine = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
    // A process that has ended, one that lives, and one of another machine.
    const ended = spawnSync(process.execPath, ['-e', '']).pid;
    const [stale, living, foreign] = [`.${machine}-${ended}-0123456789ab.${ending}`, `.${machine}-${process.pid}-0123456789ab.${ending}`, `.ffffffff-${ended}-0123456789ab.${ending}`];
    for (const folder of [root, place]) {
      mkdirSync(join(folder, stale), { recursive: true });
      writeFileSync(join(folder, stale, 'model.safetensors'), 'half');
      writeFileSync(join(folder, living), '');
      writeFileSync(join(folder, foreign), '');
    }
    await writeModel(place, model, { overwrite: true });
    for (const folder of [root, place]) expect(readdirSync(folder).filter((name) => name.endsWith(`.${ending}`)).sort()).toEqual([living, foreign].sort());
    expect(await loadModel(place)).toEqual(model);
  });

  it('names the file that was to be written when the disk fails, which the system does not', async () => {
    const handle = await open(root, 'r');
    const failed = Object.assign(new Error('EIO: i/o error, write'), { code: 'EIO', errno: -5, syscall: 'write' });
    const write = vi.spyOn(Object.getPrototypeOf(handle) as { write(): Promise<unknown> }, 'write').mockRejectedValue(failed);
    await handle.close();
    const place = join(root, 'failing');
    await expect(writeFileAtomically(place, new Uint8Array(9))).rejects.toMatchObject({ code: 'EIO', path: place });
    expect(existsSync(place)).toBe(false);
    write.mockRestore();
  });

  it('is written where file handles cannot be synchronized, as with Yarn\'s Plug\'n\'Play', async () => {
    const handle = await open(root, 'r');
    const sync = vi.spyOn(Object.getPrototypeOf(handle) as { sync(): Promise<void> }, 'sync').mockRejectedValue(new Error('Method not implemented.'));
    await handle.close();
    const place = join(root, 'plug-and-play');
    await writeModel(place, model);
    await writeModel(place, model, { overwrite: true });
    expect(await loadModel(place)).toEqual(model);
    sync.mockRestore();
  });

  it('half replaced, as a crash leaves it, is noticed', async () => {
    const half = join(root, 'half');
    await writeModel(half, model);
    const files = await packModel(modelFor(tiny, 0.5));
    writeFileSync(join(half, 'model.safetensors'), files.get('model.safetensors') ?? '');
    await expect(loadModel(half)).rejects.toThrow(/only half of the model was replaced/);
  });

  it('what is not a file is refused at once: pipes, devices', async () => {
    const pipe = join(root, 'pipe.pt');
    spawnSync('mkfifo', [pipe]);
    await expect(loadModel(pipe)).rejects.toThrow(/pipe\.pt is not a file/);
    await expect(loadModel('/dev/zero')).rejects.toThrow(/\/dev\/zero is not a file/);
  });

  it('a file that states less than it gives is read to the limit and not further', async () => {
    // Files of /proc state 0 bytes.
    await expect(loadModel('/proc/self/smaps', { maxBytes: 1000 })).rejects.toThrow(/has more than 1000 bytes/);
  });

  it('what is not there is an error with a name', async () => {
    await expect(loadModel(join(root, 'absent'))).rejects.toThrow(ModelSourceError);
    await expect(writeModel(join(folder, 'model.json', 'x'), model)).rejects.toThrow(/cannot be written/);
  });
});

describe('over HTTP', () => {
  let server: Server;
  let address = '';
  const requests: string[] = [];
  const folder = join(root, 'served');
  const every = (response: ServerResponse, ms: number, act: () => void): void => {
    const timer = setInterval(act, ms);
    response.on('close', () => clearInterval(timer));
  };
  const answer: RequestListener = (request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    requests.push(`${path}${request.headers.authorization === undefined ? '' : ' authorized'}`);
    const name = path.split('/').at(-1) ?? '';
    if (path.startsWith('/page/')) response.setHeader('content-type', 'text/html').end('<!doctype html>');
    else if (path.startsWith('/private/')) response.writeHead(401).end();
    else if (path.startsWith('/broken/')) response.writeHead(500).end();
    else if (path.startsWith('/short/') && name === 'model.safetensors') {
      const bytes = readFileSync(join(folder, name));
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, 1000));
      setTimeout(() => response.destroy(), 20);
    } else if (path.startsWith('/loop/')) response.writeHead(302, { location: request.url }).end();
    else if (path.startsWith('/gzip/')) response.writeHead(200, { 'content-encoding': 'gzip' }).end('not gzip');
    else if (path.startsWith('/silent/')) return;
    else if (path.startsWith('/drip/')) every(response, 20, () => response.write('x'));
    else if (path.startsWith('/steady/')) {
      const bytes = readFileSync(join(folder, 'model.safetensors'));
      let at = 0;
      every(response, 20, () => (at < bytes.length ? response.write(bytes.subarray(at, (at += Math.ceil(bytes.length / 20)))) : response.end()));
    } else if (path.startsWith('/slow/') && name === 'model.safetensors') response.writeHead(200).write('x');
    else if (path.startsWith('/endless/') && name === 'model.safetensors') {
      every(response, 1, () => response.write(new Uint8Array(100_000)));
    } else if (['model.json', 'model.safetensors'].includes(name) && !path.startsWith('/absent/')) response.end(readFileSync(join(folder, name)));
    else response.writeHead(404).end();
  };

  beforeAll(async () => {
    await writeModel(folder, model);
    server = createServer(answer);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it.each(['models/first', 'models/first/', 'models/first/model.json', 'models/first/model.safetensors', 'models/first/?v=2'])('loads %s', async (path) => {
    expect(await loadModel(`${address}/${path}`)).toEqual(model);
  });

  it('loads hf:owner/name, with revision, folder and headers, from a given endpoint', async () => {
    requests.length = 0;
    expect(await loadModel('hf:someone/edges2shoes', { endpoint: address })).toEqual(model);
    await loadModel('hf:someone/edges2shoes/half@v1.0', { endpoint: `${address}/`, headers: { authorization: 'Bearer x' } });
    expect(requests).toEqual([
      '/someone/edges2shoes/resolve/main/model.json',
      '/someone/edges2shoes/resolve/main/model.safetensors',
      '/someone/edges2shoes/resolve/v1.0/half/model.json authorized',
      '/someone/edges2shoes/resolve/v1.0/half/model.safetensors authorized',
    ]);
    await expect(loadModel('hf:../x', { endpoint: address })).rejects.toThrow(/not the name of a model/);
  });

  it.each([
    ['page', /gives a web page instead of a file/],
    ['private', /needs permission \(status 401\)/],
    ['broken', /status 500/],
    ['absent', /has no model\.json/],
    ['short', /cannot be downloaded: |broke off/],
    ['loop', /cannot be downloaded: redirect count exceeded/],
    ['gzip', /cannot be downloaded: incorrect header check/],
    ['endless', /is larger than the expected \d+ bytes/],
  ])('refuses /%s/', async (path, message) => {
    const load = loadModel(`${address}/${path}/`);
    await expect(load).rejects.toThrow(message);
    await expect(load).rejects.toBeInstanceOf(ModelSourceError);
  });

  it('refuses a server that is not there', async () => {
    await expect(loadModel('http://127.0.0.1:9/')).rejects.toThrow(/cannot be downloaded: .*(ECONNREFUSED|bad port)/);
  });

  it.each([
    ['silent', /sent nothing for 0\.2 s/],
    ['slow', /sent only \d+ bytes in 0\.2 s/],
    ['drip', /sent only \d+ bytes in 0\.2 s, after \d+ in all/],
  ])('does not wait forever for a server that is %s', async (path, message) => {
    await expect(loadModel(`${address}/${path}/model.safetensors`, { timeoutMs: 200 })).rejects.toThrow(message);
  });

  it('loads from a slow server that keeps sending', async () => {
    expect(await loadModel(`${address}/steady/model.safetensors`, { timeoutMs: 150 })).toEqual(model);
  });

  it('an abort that comes with the last piece is answered', async () => {
    for (let i = 0; i < 10; i++) {
      const abort = new AbortController();
      const load = loadModel(`${address}/models/first/model.safetensors`, {
        signal: abort.signal,
        onProgress: (progress) => {
          if (progress.kind === 'read' && progress.loaded === progress.total) abort.abort();
        },
      });
      await expect(load).rejects.toThrow(AbortedError);
    }
  });

  it.each(['mirror.local', 'ftp://mirror.local', '/models'])("refuses the endpoint '%s' with a name and a remedy", async (endpoint) => {
    await expect(loadModel('hf:a/b', { endpoint })).rejects.toThrow(ConfigError);
    await expect(loadModel('hf:a/b', { endpoint })).rejects.toThrow(/is not an address.*https:\/\//s);
  });

  it('an empty HF_ENDPOINT is none', async () => {
    vi.stubEnv('HF_ENDPOINT', '');
    const asked: string[] = [];
    const answer: typeof fetch = (url) => {
      asked.push(url instanceof Request ? url.url : url.toString());
      return Promise.resolve(new Response('', { status: 404 }));
    };
    await expect(loadModel('hf:a/b', { fetch: answer })).rejects.toThrow(/has no model\.json/);
    expect(asked).toEqual(['https://huggingface.co/a/b/resolve/main/model.json']);
    vi.unstubAllEnvs();
  });

  it('stops when its signal aborts', async () => {
    const abort = new AbortController();
    const load = loadModel(`${address}/slow/`, {
      signal: abort.signal,
      onProgress: (progress) => {
        if (progress.file === 'model.safetensors') abort.abort();
      },
    });
    await expect(load).rejects.toThrow(AbortedError);
  });
});
