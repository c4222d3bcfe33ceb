import { serveModel } from '@munit/serve';

const server = await serveModel({ source: 'edges2shoes', port: 0, workers: 1 }); // 127.0.0.1 unless `host` says otherwise
console.debug('serving at', server.url.replace(/\d+$/, 'PORT'));

const form = new FormData();
form.append('image', new Blob([await (await import('node:fs/promises')).readFile('drawing.png')]));
form.append('styles', '4');
const response = await fetch(`${server.url}/translate`, { method: 'POST', body: form });
const { images } = (await response.json()) as { images: { type: string; data: string; style: number[] }[] };
console.debug(response.status, images.length, images[0]?.type);

await server.close(); // answers what was accepted, then stops
