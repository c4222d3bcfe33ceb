import { serve } from '@hono/node-server';
import { TranslatorPool } from '@munit/infer/node';
import { Hono } from 'hono';

// Workers of its own, and at most 16 images that wait: when there are more, the pool refuses them at once.
const pool = await TranslatorPool.load('model', { maxWaiting: 16 });

const app = new Hono();

// curl --data-binary @drawing.png 'localhost:3000/translate?seed=1' -o animal.png
app.post('/translate', async (c) => {
  const image = new Blob([await c.req.arrayBuffer()]);
  const seed = Number(c.req.query('seed') ?? 0);
  const picture = await pool.translate(image, { seed, signal: c.req.raw.signal });
  return c.body(await (await picture.toBlob()).arrayBuffer(), 200, { 'Content-Type': 'image/png' });
});

app.onError((error, c) => c.json({ error: error.message }, error.name === 'QueueFullError' ? 503 : 400));

const server = serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000) }, ({ port }) => console.log(`http://localhost:${port}`));

// What was accepted is answered first.
process.once('SIGTERM', () => server.close(() => pool.close()));
