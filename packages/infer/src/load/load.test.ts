import { AbortedError } from '@munit/core';
import { ModelSourceError, packModel } from '@munit/formats';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeCaches } from '../../test/fakeCaches.js';
import { modelFor, noise, tiny } from '../../test/models.js';
import { clearCache, isCached } from './cache.js';
import type { LoadTranslatorProgress } from './loadOptions.js';
import { loadTranslator } from './loadTranslator.js';

const address = 'https://models.example/edges2shoes/';
const weights = `${address}model.safetensors`;
let files: Map<string, Uint8Array<ArrayBuffer>>;
let fetched: string[];
let online: boolean;
let cache: FakeCaches;

const send: typeof fetch = (input) => {
  const { url } = new Request(input);
  fetched.push(url.slice(address.length));
  if (!online) return Promise.reject(new TypeError('Failed to fetch'));
  const bytes = files.get(url.slice(address.length));
  return Promise.resolve(bytes === undefined ? new Response(null, { status: 404 }) : new Response(bytes, { headers: { 'content-length': String(bytes.length) } }));
};

beforeEach(async () => {
  files = new Map(await packModel(modelFor()));
  fetched = [];
  online = true;
  cache = new FakeCaches();
  vi.stubGlobal('caches', cache.storage);
});
afterEach(() => vi.unstubAllGlobals());

/** Loads and throws away; the kinds of progress, in order, without repetitions. */
async function load(options: Parameters<typeof loadTranslator>[1] = {}): Promise<string[]> {
  const seen: LoadTranslatorProgress[] = [];
  const translator = await loadTranslator(address, { device: 'simd', fetch: send, onProgress: (progress) => seen.push(progress), ...options });
  expect(translator.architecture).toEqual(tiny);
  translator.dispose();
  const names = seen.map((progress) => (progress.kind === 'cache' ? `${progress.event} ${progress.file}` : progress.kind));
  return names.filter((name, i) => name !== names[i - 1]);
}

describe('the cache', () => {
  it('keeps the weights and asks only for the manifest again', async () => {
    expect(await isCached(address)).toBe(false);
    expect(await load()).toEqual(['download', 'stored model.json', 'download', 'stored model.safetensors', 'verify', 'parse', 'upload', 'ready']);
    expect(fetched).toEqual(['model.json', 'model.safetensors']);
    expect(await isCached(address)).toBe(true);
    expect(await isCached('https://models.example/other/')).toBe(false);
    fetched = [];
    expect(await load()).toEqual(['download', 'stored model.json', 'hit model.safetensors', 'read model.safetensors', 'verify', 'parse', 'upload', 'ready']);
    expect(fetched).toEqual(['model.json']);
  });

  it('is enough without a network', async () => {
    await load();
    online = false;
    await load();
    await clearCache();
    await expect(load()).rejects.toThrow(/cannot be reached/);
  });

  it('notices what was spoilt in it, and gets it again', async () => {
    await load();
    cache.entries.get(weights)!.bytes[1000]! ^= 1;
    expect(await load()).toContain('damaged model.safetensors');
    expect(await load()).toContain('hit model.safetensors');
  });

  it('notices a new version of the model', async () => {
    await load();
    const newer = modelFor();
    files = new Map(await packModel({ ...newer, training: { step: 2 }, networks: { a: newer.networks.b, b: newer.networks.a } }));
    fetched = [];
    await load();
    expect(fetched).toEqual(['model.json', 'model.json', 'model.safetensors']);
    fetched = [];
    await load();
    expect(fetched).toEqual(['model.json']);
  });

  it('that is full, or not there, costs only the download', async () => {
    cache.full = true;
    expect(await load()).toContain('skipped model.safetensors');
    expect(await isCached(address)).toBe(false);
    vi.stubGlobal('caches', undefined);
    await load();
    expect(await isCached(address)).toBe(false);
    await clearCache();
    vi.stubGlobal('caches', { open: () => Promise.reject(new DOMException('blocked', 'SecurityError')) });
    await load();
  });

  it('is cleared by model, and is not used when that is said', async () => {
    await load();
    await clearCache('https://models.example/other/');
    expect(await isCached(address)).toBe(true);
    await clearCache(address);
    expect(cache.entries.size).toBe(0);
    await load({ cache: 'none' });
    expect(cache.entries.size).toBe(0);
  });

  it('keeps nothing that broke off', async () => {
    const whole = files.get('model.safetensors')!;
    const half: typeof fetch = async (input, init) =>
      new Request(input).url === weights ? new Response(whole.subarray(0, 500), { headers: { 'content-length': String(whole.length) } }) : send(input, init);
    await expect(load({ fetch: half })).rejects.toThrow(ModelSourceError);
    expect(await isCached(address)).toBe(false);
  });
});

it('keeps the facts of the manifest, which is fetched once', async () => {
  files = new Map(await packModel({ ...modelFor(), training: { config: { new_size: 128 } }, license: 'MIT' }));
  const translator = await loadTranslator(address, { device: 'simd', fetch: send });
  expect([translator.trainedSize, translator.about]).toEqual([128, { training: { config: { new_size: 128 } }, license: 'MIT' }]);
  expect(fetched).toEqual(['model.json', 'model.safetensors']);
  translator.dispose();
});

it('warms up on request, and stops when aborted', async () => {
  expect(await load({ warmUp: true })).toContain('compile');
  expect(await load({ warmUp: { width: 20, height: 12 } })).toContain('compile');
  await expect(load({ warmUp: { width: 0, height: 12 } })).rejects.toThrow(/'width'/);
  await expect(load({ signal: AbortSignal.abort() })).rejects.toThrow(AbortedError);
  const abort = new AbortController();
  await expect(loadTranslator(address, { fetch: send, device: 'simd', signal: abort.signal, onProgress: () => abort.abort() })).rejects.toThrow(AbortedError);
});

it('a path gets the advice to read it in Node', async () => {
  await expect(loadTranslator('runs/model')).rejects.toThrow(/formats\/node|neither an address/);
});

it('rounds weights to half precision when asked, as a file in half precision would', async () => {
  const image = noise(16, 16);
  const translated = async (source: Uint8Array, options: Parameters<typeof loadTranslator>[1]): Promise<Float32Array> => {
    const translator = await loadTranslator(source, { device: 'simd', threads: 1, ...options });
    const { values } = await translator.translate(image, { seed: 1 });
    translator.dispose();
    return values;
  };
  const full = files.get('model.safetensors')!;
  const half = (await packModel(modelFor(), { dtype: 'float16' })).get('model.safetensors')!;
  const rounded = await translated(full, { dtype: 'float16' });
  expect(rounded).toEqual(await translated(half, {}));
  expect(rounded).not.toEqual(await translated(full, {}));
});
