/** A model server in a process of its own: `node modelServer.js MODEL WORKERS QUEUE`. Prints its port; answers every line with its resident bytes. */
import { createInterface } from 'node:readline';
import { serveModel } from '@munit/serve';

const [model = '', workers = '1', queue = '64'] = process.argv.slice(2);
const server = await serveModel({ source: model, device: 'simd', port: 0, workers: Number(workers), maxWaiting: Number(queue), onError: (error) => console.error(error) });
console.log(server.port);
const lines = createInterface({ input: process.stdin });
lines.on('line', () => console.log(process.memoryUsage().rss));
lines.on('close', () => void server.close());
