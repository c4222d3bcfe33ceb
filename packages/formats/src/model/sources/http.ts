/** Model files over HTTP. */
import { AbortedError } from '@munit/core';
import { ModelSourceError } from '../../errors.js';
import { downloadFailure as failure, DownloadWatch } from './downloadWatch.js';
import type { FileSource, ReadOptions } from './source.js';

/** How files are requested over HTTP. */
export interface HttpOptions {
  /** Headers for every request, such as an authorization. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** In place of the platform's `fetch`: for caches and tests. */
  readonly fetch?: typeof fetch | undefined;
  /**
   * Milliseconds within which a server must answer, and in each of which it must send at least 4096 bytes. Default 30,000.
   * Without this a server that accepts and stays silent would be waited for as long as the platform likes, or forever.
   */
  readonly timeoutMs?: number | undefined;
}

async function request(url: string, http: HttpOptions, watch: DownloadWatch): Promise<Response | undefined> {
  const send = http.fetch ?? fetch;
  const response = await watch.race(send(url, { headers: { ...http.headers }, signal: watch.signal }));
  watch.answered();
  if (response.status === 404) return undefined;
  if (response.status === 401 || response.status === 403) {
    throw failure(url, `needs permission (status ${response.status})`, 'Accept the terms of the model or give an authorization header.');
  }
  if (!response.ok) throw failure(url, `answered with status ${response.status}`, 'Try again later, or check the address.');
  if (response.headers.get('content-type')?.startsWith('text/html') === true) {
    throw failure(url, 'gives a web page instead of a file', 'Check the address: use the one that downloads the file itself.');
  }
  return response;
}

async function body(url: string, response: Response, options: ReadOptions, watch: DownloadWatch): Promise<Uint8Array<ArrayBuffer>> {
  const stated = Number(response.headers.get('content-length') ?? NaN);
  // With a content encoding the length is that of the packed bytes.
  const total = Number.isSafeInteger(stated) && !response.headers.has('content-encoding') ? stated : undefined;
  const pieces: Uint8Array[] = [];
  let loaded = 0;
  const reader = response.body?.getReader();
  const next = (): Promise<ReadableStreamReadResult<Uint8Array>> | undefined => reader && watch.race(reader.read());
  for (let piece = await next(); piece?.value !== undefined; piece = await next()) {
    pieces.push(piece.value);
    loaded += piece.value.length;
    watch.received(piece.value.length);
    if (loaded > options.maxBytes) {
      throw failure(url, `is larger than the expected ${options.maxBytes} bytes`, 'It is not the file that the model names.');
    }
    options.onBytes?.(loaded, total);
  }
  if (total !== undefined && loaded < total) throw failure(url, `broke off after ${loaded} of ${total} bytes`, 'Try again.');
  const bytes = new Uint8Array(loaded);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** The innermost error of a failed fetch: Node says there what happened, while a browser never does. */
function innermost(error: unknown): Error | undefined {
  let found: Error | undefined;
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++) {
    // Several addresses were tried: each has its own error, alike but for the address.
    found = at instanceof AggregateError && at.errors[0] instanceof Error ? at.errors[0] : at;
  }
  return found === error ? undefined : found;
}

function unreachable(url: string, cause: unknown): ModelSourceError {
  const reason = innermost(cause);
  if (reason === undefined) {
    return failure(url, 'cannot be reached', 'Check the address and the network; a page needs the server to allow it (CORS).', cause);
  }
  const { code } = reason as { readonly code?: unknown };
  const named = typeof code === 'string' && !reason.message.includes(code) ? ` (${code})` : '';
  const what = `cannot be downloaded: ${reason.message.replace(/\.$/, '')}${named}`;
  return failure(url, what, 'Check the address, the server and the network.', cause);
}

/** @throws ModelSourceError, AbortedError; undefined when there is no such file */
async function download(url: string, http: HttpOptions, options: ReadOptions): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const watch = new DownloadWatch(url, http.timeoutMs, options.signal);
  try {
    const response = await request(url, http, watch);
    return response === undefined ? undefined : await body(url, response, options, watch);
  } catch (cause) {
    if (cause instanceof ModelSourceError || cause instanceof AbortedError) throw cause;
    if (options.signal?.aborted === true) throw new AbortedError('Loading the model was aborted.', { cause });
    throw unreachable(url, cause);
  } finally {
    // What was refused or given up must not keep its connection.
    watch.stop();
  }
}

/**
 * A file when the path ends in `.safetensors`, `.pt` or `.pth`, or the address is a page's own (`blob:`, `data:`);
 * otherwise a folder, also by the address of its `model.json`.
 */
export function httpSource(address: string, http: HttpOptions = {}): FileSource {
  const url = new URL(address);
  if (/^(blob|data):$/.test(url.protocol)) {
    return { where: `the ${url.protocol} address`, single: 'model', read: (_, options) => download(address, http, options) };
  }
  const name = url.pathname.split('/').at(-1) ?? '';
  const single = /\.(safetensors|pt|pth)$/i.test(name) ? name : undefined;
  if (single === undefined && !name.endsWith('.json') && !url.pathname.endsWith('/')) url.pathname += '/';
  const at = (file: string): string => {
    if (file === single) return url.href;
    const beside = new URL(file, url);
    beside.search = url.search;
    return beside.href;
  };
  return { where: address, single, read: (file, options) => download(at(file), http, options) };
}
