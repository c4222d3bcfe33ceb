/** Serves the test model in a process of its own until it is asked to stop: prints its address. */
import { serveModel } from '../src/serveModel.js';
import { modelPath } from './model.js';

const server = await serveModel({ source: modelPath, device: 'simd', threads: 1, port: 0, workers: 1, maxWaiting: 8 });
process.stdout.write(`${server.url}\n`);
process.on('SIGTERM', () => void server.close());
