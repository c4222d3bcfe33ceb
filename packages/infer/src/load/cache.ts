/** Model files in the browser's Cache API: kept with their SHA-256, checked when they come out, cleared when asked. */
import { checkOptions, type OptionNames } from '@munit/core';
import { type HuggingFaceOptions, sha256 } from '@munit/formats';

const CACHE = 'munit-models-v1';
/** Of kept responses: the model that a file belongs to, and the digest of its bytes. */
const SOURCE = 'x-munit-source';
const DIGEST = 'x-munit-sha256';

/** What became of a file. `skipped`: it could not be kept (full, or not allowed), which only costs a download next time. */
export type CacheEvent = 'hit' | 'stored' | 'damaged' | 'skipped';

type Report = (file: string, event: CacheEvent, reason?: string) => void;

/** Where and how `isCached` and `clearCache` look for a model: as given to `loadTranslator`. */
export type CacheKeyOptions = Pick<HuggingFaceOptions, 'endpoint' | 'revision'>;

const keyNames: OptionNames<CacheKeyOptions> = { endpoint: true, revision: true };

/** The name of a model in the cache; undefined for what is not fetched. */
export function keyOf(source: unknown, { endpoint, revision }: CacheKeyOptions = {}): string | undefined {
  const text = source instanceof URL ? source.href : source;
  if (typeof text !== 'string' || /^(blob|data|file):/.test(text)) return undefined;
  if (text.startsWith('hf:')) return [text, endpoint, revision].filter((part) => part !== undefined).join(' ');
  const base = (globalThis as { readonly location?: { readonly href: string } }).location?.href;
  return URL.canParse(text, base) ? new URL(text, base).href : undefined;
}

/** Absent outside secure contexts and in Node; refused where storage is blocked. */
async function openCache(): Promise<Cache | undefined> {
  const storage = (globalThis as { readonly caches?: CacheStorage }).caches;
  return storage?.open(CACHE).catch(() => undefined);
}

/** Undefined where there is no Web Crypto: nothing is then kept. */
const digestOf = (bytes: Uint8Array<ArrayBuffer>): Promise<string | undefined> => sha256(bytes).catch(() => undefined);

/** A kept file, if it is what was put in. */
async function whole(cache: Cache, url: string, kept: Response, report: () => void): Promise<Response | undefined> {
  const bytes = new Uint8Array(await kept.arrayBuffer());
  if ((await digestOf(bytes)) === kept.headers.get(DIGEST)) return new Response(bytes, { headers: headersFor(kept, bytes.length) });
  await cache.delete(url);
  report();
  return undefined;
}

function headersFor(response: Response, length: number, more: Readonly<Record<string, string>> = {}): Headers {
  const headers = new Headers({ 'content-length': String(length), ...more });
  const type = response.headers.get('content-type');
  if (type !== null) headers.set('content-type', type);
  return headers;
}

/** The response, whose body is put into the cache once it has been read to its end. */
function keeping(cache: Cache, url: string, key: string, response: Response, report: (event: CacheEvent, reason?: string) => void): Response {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const keep = async (): Promise<void> => {
    try {
      const bytes = new Uint8Array(await new Blob(pieces).arrayBuffer());
      const stated = response.headers.get('content-length');
      // Cut short: whoever reads it will say so.
      if (stated !== null && !response.headers.has('content-encoding') && Number(stated) !== bytes.length) return;
      const digest = await digestOf(bytes);
      if (digest === undefined) return;
      await cache.put(url, new Response(bytes, { headers: headersFor(response, bytes.length, { [SOURCE]: encodeURIComponent(key), [DIGEST]: digest }) }));
      report('stored');
    } catch (error) {
      report('skipped', error instanceof Error ? error.message : String(error));
    }
  };
  const copy = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(piece, out) {
      pieces.push(piece);
      out.enqueue(piece);
    },
    flush: keep,
  });
  return new Response(response.body?.pipeThrough(copy) ?? null, { status: response.status, headers: response.headers });
}

/**
 * A `fetch` that keeps what it downloads under the model `key`. Weights come from the cache when they are there and whole;
 * a manifest (`.json`) is asked of the network first, so that a new version of a model is noticed, and kept for when there is none.
 * Without a cache, or with a full one, it only fetches.
 */
export function cachedFetch(key: string, send: typeof fetch | undefined, report: Report): typeof fetch {
  return async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    const file = new URL(url).pathname.split('/').at(-1) ?? url;
    const get = (): Promise<Response> => (send ?? fetch)(input, init);
    const cache = /^https?:/.test(url) ? await openCache() : undefined;
    if (cache === undefined) return get();
    const kept = async (): Promise<Response | undefined> => {
      const found = await cache.match(url).catch(() => undefined);
      const response = found === undefined ? undefined : await whole(cache, url, found, () => report(file, 'damaged'));
      if (response !== undefined) report(file, 'hit');
      return response;
    };
    const isManifest = file.endsWith('.json');
    const early = isManifest ? undefined : await kept();
    if (early !== undefined) return early;
    let response: Response;
    try {
      response = await get();
    } catch (error) {
      const late = isManifest && init?.signal?.aborted !== true ? await kept() : undefined;
      if (late !== undefined) return late;
      throw error;
    }
    const page = response.headers.get('content-type')?.startsWith('text/html') === true;
    if (!response.ok || page) return response;
    return keeping(cache, url, key, response, (event, reason) => report(file, event, reason));
  };
}

async function entriesOf(cache: Cache, key: string): Promise<Request[]> {
  const requests = await cache.keys();
  const mine = await Promise.all(
    requests.map(async (request) => (await cache.match(request))?.headers.get(SOURCE) === encodeURIComponent(key)),
  );
  return requests.filter((_, i) => mine[i]);
}

/** Removes the files of one model. */
export async function forgetModel(key: string): Promise<void> {
  const cache = await openCache();
  if (cache === undefined) return;
  for (const request of await entriesOf(cache, key)) await cache.delete(request);
}

/** Whether the weights of a model are in the browser's cache: then loading it downloads its manifest at most. */
export async function isCached(source: string | URL, options: CacheKeyOptions = {}): Promise<boolean> {
  checkOptions('isCached', options, keyNames);
  const [cache, key] = [await openCache(), keyOf(source, options)];
  if (cache === undefined || key === undefined) return false;
  return (await entriesOf(cache, key)).some(({ url }) => !new URL(url).pathname.endsWith('.json'));
}

/** Removes the files of one model from the browser's cache, or of all models. */
export async function clearCache(source?: string | URL, options: CacheKeyOptions = {}): Promise<void> {
  checkOptions('clearCache', options, keyNames);
  const key = keyOf(source, options);
  if (key !== undefined) await forgetModel(key);
  else if (source === undefined) await (globalThis as { readonly caches?: CacheStorage }).caches?.delete(CACHE);
}
