/** All routes of the server. */
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { isReady, retryAfter, type ServerContext } from './context.js';
import { addInference } from './inference.js';
import { refusalOf, type Refusal } from './statuses.js';
import { translate } from './translate.js';

/** Methods of the paths that take no other; what is not here is 404. */
const allowed: readonly (readonly [path: RegExp, methods: string])[] = [
  [/^\/translate$/, 'POST'],
  [/^\/v2\/models\/[^/]+(\/versions\/[^/]+)?\/infer$/, 'POST'],
  [/^\/(healthz|readyz|metrics|v2|v2\/health\/(live|ready)|v2\/models\/[^/]+(\/versions\/[^/]+)?(\/ready)?)?$/, 'GET, HEAD'],
];

function refuse(c: Context, server: ServerContext, { status, body }: Refusal): Response {
  if (status === 503) c.header('Retry-After', String(retryAfter(server)));
  // What is left of the request is not read.
  if (status === 413 || status === 503 || status === 408) c.header('Connection', 'close');
  return c.json(body, status);
}

/** What the server says of itself. */
function about({ name, pool, limits }: ServerContext): object {
  const { architecture, domains, styleDim, about: facts } = pool.info;
  return {
    name,
    method: architecture.method,
    domains: { a: domains.a.name, b: domains.b.name },
    styleDim,
    device: pool.device?.description ?? null,
    limits,
    license: facts.license ?? null,
    routes: ['POST /translate', 'GET /healthz', 'GET /readyz', 'GET /metrics', 'GET /v2', 'POST /v2/models/translate_a_to_b/infer', 'POST /v2/models/translate_b_to_a/infer'],
  };
}

const isGone = (c: Context, error: unknown): boolean => c.req.raw.signal.aborted || (error instanceof Error && 'code' in error && error.code === 'ECONNRESET');

/** The route as metrics name it: only what there is, so that nobody can fill the memory with names. */
function routeOf(c: Context): string {
  const { path } = c.req;
  if (/^\/v2\/models\/translate_(a_to_b|b_to_a)\/infer$/.test(path)) return path;
  return ['/', '/translate', '/healthz', '/readyz', '/metrics', '/v2'].includes(path) ? path : 'other';
}

/**
 * The routes: `POST /translate`, the Open Inference Protocol v2, health and metrics.
 * @param onError called with what is not the client's fault
 */
export function createApp(server: ServerContext, onError: (error: unknown) => void): Hono {
  const app = new Hono();
  app.use(async (c, next) => {
    const start = performance.now();
    await next();
    c.header('X-Content-Type-Options', 'nosniff');
    if (server.draining) c.header('Connection', 'close');
    server.metrics.answered(routeOf(c), c.res.status, (performance.now() - start) / 1000);
  });
  app.use(
    bodyLimit({
      maxSize: server.limits.maxBytes,
      onError: (c) => refuse(c, server, { status: 413, body: { error: `The request is larger than the limit of ${server.limits.maxBytes} bytes.`, code: 'TOO_LARGE' } }),
    }),
  );
  app.onError((error, c) => {
    // Nobody is left to answer: the client has gone while its request was read.
    if (isGone(c, error)) return refuse(c, server, { status: 408, body: { error: 'The request did not arrive.', code: 'GONE' } });
    const refusal = refusalOf(error);
    if (refusal.status === 500) onError(error);
    return refuse(c, server, refusal);
  });
  app.notFound((c) => {
    const methods = allowed.find(([path]) => path.test(c.req.path))?.[1];
    if (methods === undefined) return refuse(c, server, { status: 404, body: { error: 'There is nothing at this address.', code: 'NOT_FOUND' } });
    c.header('Allow', methods);
    return refuse(c, server, { status: 405, body: { error: `This address takes ${methods} only.`, code: 'METHOD' } });
  });
  app.get('/', (c) => c.json(about(server)));
  app.get('/healthz', (c) => c.text('ok\n'));
  app.get('/readyz', (c) => (isReady(server) ? c.text('ready\n') : c.text('stopping\n', 503)));
  app.get('/metrics', async (c) => c.body(await server.metrics.text(), 200, { 'Content-Type': server.metrics.contentType }));
  app.post('/translate', (c) => translate(server, c));
  addInference(app, server);
  return app;
}
