/** What all routes share: the translators, the limits, and who is being served. */
import type { TranslatorPool } from '@munit/infer/node';
import type { Context } from 'hono';
import type { ServerMetrics } from './metrics.js';
import { HttpError } from './statuses.js';

/** Limits on what a request may be and take. */
export interface ServerLimits {
  /** Bytes of a request's body. */
  readonly maxBytes: number;
  /** Pixels of an image, or of all images of one request of the v2 protocol. */
  readonly maxPixels: number;
  /** Milliseconds that a translation may take, waiting included. */
  readonly timeoutMs: number;
}

/** One server. */
export interface ServerContext {
  readonly pool: TranslatorPool;
  readonly name: string;
  readonly limits: ServerLimits;
  readonly metrics: ServerMetrics;
  /** Requests for a translation that were accepted and are not answered yet. */
  accepted: number;
  /** The most of them: workers and queue. */
  readonly capacity: number;
  /** No more requests are accepted. */
  draining: boolean;
  /** Mean seconds that a worker needed for one of the latest translations, without their waiting: for Retry-After. */
  meanSeconds: number;
}

/** Whether translations are accepted. */
export const isReady = ({ pool, draining }: ServerContext): boolean => !draining && pool.isOpen;

/** Seconds after which a place is likely to be free. */
export const retryAfter = ({ accepted, pool, meanSeconds }: ServerContext): number => Math.max(1, Math.ceil(((accepted - pool.workers) * meanSeconds) / Math.max(1, pool.workers)));

/**
 * Runs the work of one accepted request, from before its body is read, so that no more bodies are in memory than there are places.
 * `signal` aborts when the client leaves or the time is up.
 * @throws HttpError (503) when all places are taken, the server is stopping, or the time is up
 */
export async function accept<T>(server: ServerContext, c: Context, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  if (!isReady(server)) throw new HttpError(503, 'STOPPING', 'The server is stopping.');
  if (server.accepted >= server.capacity) throw new HttpError(503, 'QUEUE_FULL', `${server.accepted} requests are being served or wait already. Try again later.`);
  server.accepted++;
  const timeout = AbortSignal.timeout(server.limits.timeoutMs);
  try {
    return await work(AbortSignal.any([timeout, c.req.raw.signal]));
  } catch (error) {
    if (timeout.aborted) throw new HttpError(503, 'TIMEOUT', `The translation was not done within ${server.limits.timeoutMs / 1000} s.`);
    throw error;
  } finally {
    server.accepted--;
  }
}

/** Times a translation; what it waited behind others is estimated by their number, and taken off the mean. */
export async function timed<T>(server: ServerContext, work: () => Promise<T>): Promise<T> {
  const { pool } = server;
  const ahead = pool.running < pool.workers ? 0 : pool.waiting + 1;
  const start = performance.now();
  const result = await work();
  const seconds = (performance.now() - start) / 1000;
  server.metrics.translated(seconds);
  server.meanSeconds += 0.1 * ((seconds * pool.workers) / (pool.workers + ahead) - server.meanSeconds);
  return result;
}
