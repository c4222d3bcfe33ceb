/** A page that translates in its own thread, and one that does so in a worker. */
import { loadTranslator } from '@munit/infer';
import { TranslatorClient } from '@munit/infer/worker';

const canvas = document.querySelector('canvas');
const here = await loadTranslator('/model/');
if (canvas !== null) (await here.translate(canvas)).toCanvas(canvas);

const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
const there = await TranslatorClient.load(worker, '/model/');
if (canvas !== null) (await there.translate(canvas)).toCanvas(canvas);
