import { loadTranslator } from '@munit/infer/node';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelPath, png } from '../test/model.js';
import { send, statusOf } from '../test/raw.js';
import { type ModelServer, serveModel } from './serveModel.js';

const options = { source: modelPath, device: 'simd', threads: 1, port: 0 } as const;
const failures: unknown[] = [];
let server: ModelServer;
let image: Buffer;
let local: Awaited<ReturnType<typeof loadTranslator>>;

beforeAll(async () => {
  image = await png();
  server = await serveModel({ ...options, workers: 1, maxBytes: 200_000, maxPixels: 10_000, receiveTimeoutMs: 2000, onError: (error) => failures.push(error) });
  local = await loadTranslator(modelPath, { device: 'simd', threads: 1 });
}, 60_000);
afterAll(async () => {
  local.dispose();
  await server.close();
});

const post = (path: string, body: RequestInit['body'], headers: Record<string, string> = {}): Promise<Response> => fetch(`${server.url}${path}`, { method: 'POST', body: body ?? null, headers });
const form = (fields: Readonly<Record<string, string | Blob>>): FormData => {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  return data;
};
const blob = (bytes: Buffer): Blob => new Blob([new Uint8Array(bytes)]);
const pixelsOf = async (bytes: ArrayBuffer | Buffer): Promise<number[]> => [...(await sharp(Buffer.from(bytes as ArrayBuffer)).raw().toBuffer())];
interface ErrorBody {
  readonly error: string;
  readonly code: string;
}
const errorOf = async (response: Response): Promise<[number, ErrorBody]> => [response.status, (await response.json()) as ErrorBody];

describe('POST /translate', () => {
  it('gives what a translator gives, and the seed to get it again', async () => {
    const response = await post('/translate?seed=5', new Uint8Array(image), { 'Content-Type': 'image/png' });
    expect([response.status, response.headers.get('content-type'), response.headers.get('x-munit-seed')]).toEqual([200, 'image/png', '5']);
    const picture = await local.translate(new Blob([new Uint8Array(image)]), { seed: 5 });
    expect(await pixelsOf(await response.arrayBuffer())).toEqual([...picture.data]);
    expect(response.headers.get('x-munit-style')!.split(',').map(Number)).toEqual([...picture.style!]);
    const free = await post('/translate', new Uint8Array(image), { 'Content-Type': 'image/png' });
    const again = await post(`/translate?seed=${free.headers.get('x-munit-seed')}`, new Uint8Array(image), { 'Content-Type': 'image/png' });
    expect(await again.arrayBuffer()).toEqual(await free.arrayBuffer());
  });

  it('takes forms: several styles, an example, a style, a direction, a format', async () => {
    const several = (await (await post('/translate', form({ image: blob(image), styles: '3', seed: '2', format: 'webp' }))).json()) as { seed: number; images: { type: string; data: string; style: number[] }[] };
    const here = await local.translate(new Blob([new Uint8Array(image)]), { styles: 3, seed: 2 });
    expect([several.seed, several.images.map(({ type }) => type)]).toEqual([2, ['image/webp', 'image/webp', 'image/webp']]);
    expect(several.images.map(({ style }) => style)).toEqual(here.map(({ style }) => [...style!]));
    const example = await png(24, 24);
    const guided = await post('/translate', form({ image: blob(image), example: blob(example), to: 'a' }));
    expect(await pixelsOf(await guided.arrayBuffer())).toEqual([...(await local.translate(new Blob([new Uint8Array(image)]), { example: new Blob([new Uint8Array(example)]), to: 'a' })).data]);
    const style = Array.from({ length: local.styleDim }, (_, i) => i / 4);
    const styled = await post('/translate', form({ image: blob(image), style: style.join(',') }), { Accept: 'application/json' });
    expect(((await styled.json()) as { images: { style: number[] }[] }).images[0]!.style).toEqual(style);
  });

  it.each([
    ['an image that is not one', () => post('/translate', 'no image', { 'Content-Type': 'image/png' }), 415],
    ['an empty body', () => post('/translate', '', { 'Content-Type': 'image/png' }), 400],
    ['a truncated image', () => post('/translate', new Uint8Array(image.subarray(0, 200)), { 'Content-Type': 'image/png' }), 400],
    ['an SVG', () => post('/translate', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file:///etc/passwd"/></svg>', { 'Content-Type': 'image/svg+xml' }), 415],
    ['another media type', () => post('/translate', '{}', { 'Content-Type': 'application/json' }), 415],
    ['no media type', () => post('/translate', new Uint8Array(image)), 415],
    ['a field that is unknown', () => post('/translate?colour=red', new Uint8Array(image), { 'Content-Type': 'image/png' }), 400],
    ['a seed that is not one', () => post('/translate?seed=-1', new Uint8Array(image), { 'Content-Type': 'image/png' }), 400],
    ['too many styles', () => post('/translate?styles=65', new Uint8Array(image), { 'Content-Type': 'image/png' }), 400],
    ['a style of another length', () => post('/translate?style=1', new Uint8Array(image), { 'Content-Type': 'image/png' }), 400],
    ['a style of words', () => post('/translate?style=a,b', new Uint8Array(image), { 'Content-Type': 'image/png' }), 400],
    ['a style that is not finite', () => post('/translate?style=1e999', new Uint8Array(image), { 'Content-Type': 'image/png' }), 400],
    ['an example and styles', () => post('/translate', form({ image: blob(image), example: blob(image), styles: '2' })), 400],
    ['a form without an image', () => post('/translate', form({ seed: '1' })), 400],
    ['an image that is text', () => post('/translate', form({ image: 'here' })), 400],
    ['a file that is unknown', () => post('/translate', form({ image: blob(image), other: blob(image) })), 400],
    ['a form that is cut', () => post('/translate', '--x\r\nContent-Disposition: form-data; name="image"', { 'Content-Type': 'multipart/form-data; boundary=x' }), 400],
    ['a form without a boundary', () => post('/translate', 'x', { 'Content-Type': 'multipart/form-data' }), 400],
    ['names of prototypes', () => post('/translate', form({ image: blob(image), __proto__x: '1', constructor: '2' })), 400],
    ['another method', () => fetch(`${server.url}/translate`), 405],
    ['another method of health', () => post('/healthz', 'x'), 405],
    ['an address that is not there', () => fetch(`${server.url}/translate/more`), 404],
  ])('refuses %s', async (_, ask, status) => {
    const [got, body] = await errorOf(await ask());
    expect([got, typeof body.error, body.error.length > 10]).toEqual([status, 'string', true]);
  });

  it('refuses more bytes and more pixels than its limits, however they are sent', async () => {
    expect(await errorOf(await post('/translate', new Uint8Array(200_001), { 'Content-Type': 'image/png' }))).toEqual([413, { error: 'The request is larger than the limit of 200000 bytes.', code: 'TOO_LARGE' }]);
    const flat = await sharp({ create: { width: 7000, height: 7000, channels: 3, background: '#888' } }).png().toBuffer();
    expect(flat.length).toBeLessThan(200_000);
    const [status, { error }] = await errorOf(await post('/translate', new Uint8Array(flat), { 'Content-Type': 'image/png' }));
    expect([status, error]).toEqual([413, expect.stringContaining('7000×7000')]);
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    const endless = await send(server.port, ['POST /translate HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nTransfer-Encoding: chunked\r\n\r\n', chunk, chunk, chunk, chunk, chunk]);
    expect(statusOf(endless)).toBe(413);
  });
});

describe('hostile connections get 4xx, and the server serves on', () => {
  const get = (path: string, more = ''): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`;
  it.each([
    ['a path upwards', [get('/../../../../etc/passwd')], 404],
    ['a path upwards, encoded', [get('/%2e%2e/%2e%2e/etc/passwd')], 404],
    ['a path with a null byte', [get('/healthz%00.png')], 404],
    ['a path that does not decode', [get('/v2/models/%ff%fe')], 404],
    ['a backslash', [get('/..\\..\\windows')], 400],
    ['an absolute address', [get('http://example.org/etc')], 404],
    ['a model upwards', [get('/v2/models/..%2f..%2fpackage.json')], 404],
    ['a model of the prototype', [get('/v2/models/__proto__')], 404],
    ['another version', [get('/v2/models/translate_a_to_b/versions/2')], 404],
    ['not HTTP', ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'], 400],
    ['a header without an end', [`GET / HTTP/1.1\r\nX: ${'a'.repeat(20_000)}`], 431],
    ['a length that is not a number', ['POST /translate HTTP/1.1\r\nHost: x\r\nContent-Length: ten\r\n\r\n'], 400],
    ['two lengths', ['POST /translate HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc'], 400],
    ['a length and chunks', ['POST /translate HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'], 400],
    ['a length beyond the limit', ['POST /translate HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: 99999999999\r\n\r\n'], 413],
    ['no host', ['GET / HTTP/1.1\r\n\r\n'], 400],
    ['a body that stops', ['POST /translate HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: 1000\r\n\r\nabc'], 408],
    ['a head that stops', ['GET / HTTP/1.1\r\nHost:'], 408],
  ] as const)('%s', async (_, parts, status) => {
    expect(statusOf(await send(server.port, parts))).toBe(status);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  });

  it('a client that leaves does not keep a place', async () => {
    const abort = new AbortController();
    const asked = Array.from({ length: 3 }, () => fetch(`${server.url}/translate?styles=64`, { method: 'POST', body: new Uint8Array(image), headers: { 'Content-Type': 'image/png' }, signal: abort.signal }).catch((error: unknown) => error));
    await expect.poll(() => server.pool.running + server.pool.waiting).toBe(3);
    abort.abort();
    await Promise.all(asked);
    await expect.poll(() => server.pool.running + server.pool.waiting, { timeout: 10_000 }).toBe(0);
  });
});

describe('health, metrics and the model', () => {
  it('says what it is', async () => {
    const about = (await (await fetch(server.url)).json()) as Record<string, unknown>;
    expect(about).toMatchObject({ name: 'munit', method: 'munit', styleDim: local.styleDim, limits: { maxBytes: 200_000, maxPixels: 10_000 } });
    for (const path of ['/healthz', '/readyz', '/v2/health/live', '/v2/health/ready', '/v2/models/translate_a_to_b/ready']) expect([path, (await fetch(`${server.url}${path}`)).status]).toEqual([path, 200]);
  });

  it('counts for Prometheus', async () => {
    const value = async (name: string): Promise<number> => Number(new RegExp(`^${name} (\\d+)`, 'm').exec(await (await fetch(`${server.url}/metrics`)).text())?.[1] ?? 0);
    const name = 'munit_requests_total\\{route="/translate",status="200"\\}';
    const before = await value(name);
    await (await post('/translate', new Uint8Array(image), { 'Content-Type': 'image/png' })).arrayBuffer();
    expect((await value(name)) - before).toBe(1);
    expect(await value('munit_workers')).toBe(1);
    await fetch(`${server.url}/a/path/of/somebody`);
    expect(await (await fetch(`${server.url}/metrics`)).text()).not.toContain('somebody');
  });

  it('listens to this machine only', () => {
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });
});

describe('the Open Inference Protocol', () => {
  const at = '/v2/models/translate_a_to_b/infer';
  const values = (count: number): number[] => Array.from({ length: count }, (_, i) => Math.sin(i));
  const request = (change: object = {}): object => ({ id: 'x', inputs: [{ name: 'image', shape: [2, 3, 16, 12], datatype: 'FP32', data: values(2 * 3 * 16 * 12) }], parameters: { seed: 4 }, ...change });
  const infer = (body: object, headers: Record<string, string> = {}): Promise<Response> => post(at, JSON.stringify(body), { 'Content-Type': 'application/json', ...headers });

  it('describes both directions', async () => {
    expect(await (await fetch(`${server.url}/v2`)).json()).toEqual({ name: 'munit', version: '1', extensions: ['binary_tensor_data'] });
    const model = (await (await fetch(`${server.url}/v2/models/translate_b_to_a`)).json()) as unknown;
    expect(model).toEqual({
      name: 'translate_b_to_a', versions: ['1'], platform: 'munit',
      inputs: [{ name: 'image', datatype: 'FP32', shape: [-1, 3, -1, -1] }, { name: 'style', datatype: 'FP32', shape: [-1, local.styleDim] }],
      outputs: [{ name: 'translated', datatype: 'FP32', shape: [-1, 3, -1, -1] }],
    });
  });

  it('translates a batch as a translator does, from JSON and from bytes', async () => {
    const style = values(2 * local.styleDim);
    const body = { inputs: [...(request() as { inputs: object[] }).inputs, { name: 'style', shape: [2, local.styleDim], datatype: 'FP32', data: style }] };
    const answer = (await (await infer(body)).json()) as { model_name: string; outputs: [{ name: string; shape: number[]; datatype: string; data: number[] }] };
    const [{ name, shape, datatype, data }] = answer.outputs;
    expect([answer.model_name, name, shape, datatype]).toEqual(['translate_a_to_b', 'translated', [2, 3, 16, 12], 'FP32']);
    const planes = values(2 * 3 * 16 * 12);
    for (const i of [0, 1]) {
      const hwc = Float32Array.from({ length: 3 * 16 * 12 }, (_, at) => planes[i * 576 + (at % 3) * 192 + Math.floor(at / 3)]!);
      const { Picture } = await import('@munit/infer');
      const picture = await local.translate(new Picture({ width: 12, height: 16, channels: 3, values: hwc }, undefined), { style: style.slice(i * local.styleDim, (i + 1) * local.styleDim) });
      const expected = Array.from({ length: 576 }, (_, at) => picture.values[(at % 192) * 3 + Math.floor(at / 192)]!);
      expect(Float32Array.from(data.slice(i * 576, (i + 1) * 576))).toEqual(Float32Array.from(expected));
    }

    const tensors = [Float32Array.from(planes), Float32Array.from(style)];
    const json = JSON.stringify({
      parameters: { binary_data_output: true },
      inputs: [{ name: 'image', shape: [2, 3, 16, 12], datatype: 'FP32', parameters: { binary_data_size: tensors[0]!.byteLength } }, { name: 'style', shape: [2, local.styleDim], datatype: 'FP32', parameters: { binary_data_size: tensors[1]!.byteLength } }],
    });
    const binary = await post(at, Buffer.concat([Buffer.from(json), ...tensors.map(({ buffer }) => Buffer.from(buffer))]), { 'Inference-Header-Content-Length': String(json.length) });
    const bytes = Buffer.from(await binary.arrayBuffer());
    const length = Number(binary.headers.get('inference-header-content-length'));
    expect(new Float32Array(new Uint8Array(bytes.subarray(length)).buffer)).toEqual(Float32Array.from(data));
  });

  it.each([
    ['something else', {}, {}],
    ['another type', { inputs: [{ name: 'image', shape: [1, 3, 8, 8], datatype: 'UINT8', data: values(192) }] }, {}],
    ['another shape', { inputs: [{ name: 'image', shape: [3, 8, 8], datatype: 'FP32', data: values(192) }] }, {}],
    ['other channels', { inputs: [{ name: 'image', shape: [1, 1, 8, 8], datatype: 'FP32', data: values(64) }] }, {}],
    ['fewer values', { inputs: [{ name: 'image', shape: [1, 3, 8, 8], datatype: 'FP32', data: values(191) }] }, {}],
    ['values that are words', { inputs: [{ name: 'image', shape: [1, 3, 8, 8], datatype: 'FP32', data: values(192).map(String) }] }, {}],
    ['an unknown input', { inputs: [{ name: 'noise', shape: [1], datatype: 'FP32', data: [1] }] }, {}],
    ['a style of another shape', { inputs: [...(request() as { inputs: object[] }).inputs, { name: 'style', shape: [1, 2], datatype: 'FP32', data: [1, 2] }] }, {}],
    ['a count of bytes that is not a number', { inputs: [{ name: 'image', shape: [1, 3, 8, 8], datatype: 'FP32', parameters: { binary_data_size: { toString: 1 } } }] }, {}],
    ['bytes that are not there', { inputs: [{ name: 'image', shape: [1, 3, 8, 8], datatype: 'FP32', parameters: { binary_data_size: 768 } }] }, {}],
    ['a header longer than the body', request(), { 'Inference-Header-Content-Length': '9999999' }],
    ['a header that is not a number', request(), { 'Inference-Header-Content-Length': 'all' }],
    ['a seed that is not one', request({ parameters: { seed: 'x' } }), {}],
  ])('refuses %s', async (_, body, headers) => {
    const [status, { error }] = await errorOf(await infer(body, headers as Record<string, string>));
    expect([status, error.length > 10]).toEqual([400, true]);
  });

  it('refuses more pixels than its limit, and nesting without end', async () => {
    const many = JSON.stringify({ inputs: [{ name: 'image', shape: [1, 3, 60_000, 60_000], datatype: 'FP32', data: [] }] });
    expect((await post(at, many)).status).toBe(400);
    expect((await post(at, '['.repeat(100_000))).status).toBe(400);
    expect((await post(at, new Uint8Array([0xff, 0xfe, 0x7b]))).status).toBe(400);
  });
});

it('has not failed by itself at any of this', () => {
  expect(failures).toEqual([]);
});

describe('under pressure', () => {
  it('answers 503 with Retry-After when the queue is full, and finishes what it has accepted when it is stopped', async () => {
    const busy = await serveModel({ ...options, workers: 1, maxWaiting: 2 });
    // Large enough that none is done before the last is asked for.
    const large = new Uint8Array(await png(64, 64));
    const ask = (): Promise<Response> => fetch(`${busy.url}/translate?styles=64&seed=1`, { method: 'POST', body: large, headers: { 'Content-Type': 'image/png' } });
    const responses = await Promise.all(Array.from({ length: 8 }, ask));
    const statuses = responses.map(({ status }) => status).sort((a, b) => a - b);
    expect(statuses).toEqual([200, 200, 200, 503, 503, 503, 503, 503]);
    for (const { status, headers } of responses) if (status === 503) expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);

    const accepted = [ask(), ask()];
    await expect.poll(() => busy.pool.running + busy.pool.waiting, { interval: 2, timeout: 20_000 }).toBe(2);
    const closed = busy.close();
    expect((await Promise.all(accepted)).map(({ status, headers }) => [status, headers.get('connection')])).toEqual([[200, 'close'], [200, 'close']]);
    await closed;
    await busy.close();
    await expect(fetch(busy.url)).rejects.toThrow('fetch failed');
  }, 60_000);

  it('gives up a translation that takes too long', async () => {
    const hasty = await serveModel({ ...options, workers: 1, timeoutMs: 30 });
    const response = await fetch(`${hasty.url}/translate?styles=64`, { method: 'POST', body: new Uint8Array(await png(64, 64)), headers: { 'Content-Type': 'image/png' } });
    expect(await errorOf(response)).toEqual([503, { error: 'The translation was not done within 0.03 s.', code: 'TIMEOUT' }]);
    await hasty.close();
  }, 60_000);

  it('says when its port is taken', async () => {
    await expect(serveModel({ ...options, workers: 1, port: server.port })).rejects.toThrow(`Port ${server.port} of 127.0.0.1 is in use.`);
    await expect(serveModel({ ...options, port: -1 })).rejects.toThrow("'port' must be a whole number");
    // As a program without types gives them.
    await expect(serveModel({ ...options, prot: 1 } as never)).rejects.toThrow("serveModel: there is no option 'prot'. Did you mean 'port'?");
  }, 60_000);
});
