// The program of a pool's thread.
import { parentPort } from 'node:worker_threads';
import { serveTranslator } from '../../worker/serve.js';
import { loadTranslator } from '../load.js';

if (parentPort !== null) serveTranslator({ port: parentPort, load: loadTranslator });
