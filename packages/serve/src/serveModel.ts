/// <reference lib="esnext.disposable" preserve="true" />
/** Starting and stopping the server. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { ArgumentError, checkInteger, checkOptions, type OptionNames } from '@munit/core';
import { TranslatorPool, type TranslatorPoolOptions } from '@munit/infer/node';
import { createApp } from './app.js';
import type { ServerContext } from './context.js';
import { serverMetrics } from './metrics.js';

/** What is served, where, and within which limits. */
export interface ServeModelOptions extends TranslatorPoolOptions {
  /** A model folder, a checkpoint, an address, `hf:owner/name`, or the bytes of a model file. */
  readonly source: string | Uint8Array;
  /** What the server calls itself. Default `munit`. */
  readonly name?: string | undefined;
  /** Default `127.0.0.1`: this machine only. `0.0.0.0` serves everyone who reaches it: there is no login. */
  readonly host?: string | undefined;
  /** Default 8000; 0 takes a free one. */
  readonly port?: number | undefined;
  /** The most bytes of a request. Default 16 MiB. */
  readonly maxBytes?: number | undefined;
  /** The most pixels of an image. Default 4,194,304 (2048²). */
  readonly maxPixels?: number | undefined;
  /** The most milliseconds that a translation may take, waiting included. Default 60,000. */
  readonly timeoutMs?: number | undefined;
  /** The most milliseconds that a client may take to send its request. Default 20,000. */
  readonly receiveTimeoutMs?: number | undefined;
  /** Called with errors that are not a client's fault. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

const names: OptionNames<ServeModelOptions> = {
  source: true,
  name: true,
  host: true,
  port: true,
  maxBytes: true,
  maxPixels: true,
  timeoutMs: true,
  receiveTimeoutMs: true,
  onError: true,
  workers: true,
  maxWaiting: true,
  device: true,
  threads: true,
  memoryLimit: true,
  signal: true,
  onLost: true,
};

/** A server that runs. */
export interface ModelServer {
  /** Its address, say `http://127.0.0.1:8000`. */
  readonly url: string;
  /** The port. */
  readonly port: number;
  /** The translators. */
  readonly pool: TranslatorPool;
  /** Accepts nothing more, answers what was accepted, and stops. Calling it twice does no harm. */
  close(): Promise<void>;
  /** As `close`, at the end of a block with `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

const MEBIBYTE = 2 ** 20;

async function listen(server: Server, host: string, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const reason = cause.code === 'EADDRINUSE' ? 'is in use' : cause.code === 'EACCES' ? 'needs permissions' : `cannot be used (${cause.code ?? cause.message})`;
      reject(new ArgumentError(`Port ${port} of ${host} ${reason}.`, { cause, remedy: 'Give another port or host.' }));
    });
    server.listen(port, host, () => resolve(server.address() as AddressInfo));
  });
}

/**
 * Serves a model over HTTP, for one machine.
 * @throws ArgumentError for an option out of range, or a port that cannot be used; as `TranslatorPool.load`
 */
export async function serveModel(options: ServeModelOptions): Promise<ModelServer> {
  checkOptions('serveModel', options, names);
  const { source, name = 'munit', host = '127.0.0.1', port = 8000, maxBytes = 16 * MEBIBYTE, maxPixels = 2048 ** 2, timeoutMs = 60_000, receiveTimeoutMs = 20_000, onError = () => undefined, ...poolOptions } = options;
  for (const [key, value] of Object.entries({ maxBytes, maxPixels, timeoutMs, receiveTimeoutMs })) checkInteger('serveModel', key, value, 1);
  checkInteger('serveModel', 'port', port, 0);
  const { maxWaiting = 64 } = poolOptions;
  const pool = await TranslatorPool.load(source, { ...poolOptions, maxWaiting });
  const context: ServerContext = {
    pool, name,
    limits: { maxBytes, maxPixels, timeoutMs },
    metrics: serverMetrics(pool),
    accepted: 0,
    capacity: pool.workers + maxWaiting,
    draining: false,
    meanSeconds: 1,
  };
  const server = createAdaptorServer({
    fetch: createApp(context, onError).fetch,
    serverOptions: { requestTimeout: receiveTimeoutMs, headersTimeout: Math.min(receiveTimeoutMs, 10_000), connectionsCheckingInterval: 1000, maxHeaderSize: 16_384, keepAliveTimeout: 5000 },
  }) as Server;
  server.maxConnections = 1024;
  try {
    const address = await listen(server, host, port);
    let closed: Promise<void> | undefined;
    const closeAll = async (): Promise<void> => {
      context.draining = true;
      await new Promise<void>((done) => {
        server.close(() => done());
        server.closeIdleConnections();
      });
      await pool.close();
    };
    const shown = address.family === 'IPv6' ? `[${address.address}]` : address.address;
    const close = (): Promise<void> => (closed ??= closeAll());
    return { url: `http://${shown}:${address.port}`, port: address.port, pool, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    await pool.dispose();
    throw error;
  }
}
