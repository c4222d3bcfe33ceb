/** Figures for Prometheus. */
import type { TranslatorPool } from '@munit/infer/node';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What the server counts. */
export interface ServerMetrics {
  /** A request was answered. */
  answered(route: string, status: number, seconds: number): void;
  /** A translation took so long, its waiting for a worker included. */
  translated(seconds: number): void;
  /** The text of `GET /metrics`. */
  text(): Promise<string>;
  /** Its media type. */
  readonly contentType: string;
}

const buckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

/** A registry of its own, so that several servers in one process do not share it. */
export function serverMetrics(pool: TranslatorPool): ServerMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({ name: 'munit_requests_total', help: 'Requests answered, by route and status.', labelNames: ['route', 'status'], registers });
  const request = new Histogram({ name: 'munit_request_seconds', help: 'From the arrival of a request to its answer, waiting included.', labelNames: ['route'], buckets, registers });
  const translation = new Histogram({ name: 'munit_translation_seconds', help: 'From the place in the queue to the result.', buckets, registers });
  const gauge = (name: string, help: string, read: () => number): Gauge =>
    new Gauge({
      name, help, registers,
      collect() {
        this.set(read());
      },
    });
  gauge('munit_queue_waiting', 'Translations that wait for a worker.', () => pool.waiting);
  gauge('munit_workers_busy', 'Workers that translate now.', () => pool.running);
  gauge('munit_workers', 'Workers that there are.', () => pool.workers);
  return {
    answered(route, status, seconds) {
      requests.inc({ route, status });
      request.observe({ route }, seconds);
    },
    translated: (seconds) => translation.observe(seconds),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
