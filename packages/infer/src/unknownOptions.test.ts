/** JavaScript has no types to say that an option is misspelt: every call says so itself, before it does anything. */
import { MessageChannel } from 'node:worker_threads';
import { ArgumentError } from '@munit/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { modelFor, noise } from '../test/models.js';
import * as web from './index.js';
import * as node from './node/index.js';
import { serveTranslator, TranslatorClient } from './worker/index.js';

const { port1, port2 } = new MessageChannel();
const image = noise(16, 16);
let translator: web.Translator<node.FilePicture>;
let client: TranslatorClient;
let stop: () => Promise<void>;
beforeAll(async () => {
  translator = await node.createTranslator(modelFor(), { device: 'cpu' });
  stop = serveTranslator({ port: port2, load: () => node.createTranslator(modelFor(), { device: 'cpu' }) });
  client = await TranslatorClient.load(port1, 'anywhere');
});
afterAll(async () => {
  client.dispose();
  translator.dispose();
  await stop();
  port1.close();
});

/** As a program without types gives them. */
const given = (options: Record<string, unknown>): never => options as never;

it.each<[what: string, call: () => unknown, meant: string]>([
  ['loadTranslator', () => web.loadTranslator('nowhere', given({ devcie: 'simd' })), "loadTranslator: there is no option 'devcie'. Did you mean 'device'?"],
  ['loadTranslator in Node', () => node.loadTranslator('nowhere', given({ onProgres: () => 0 })), "Did you mean 'onProgress'?"],
  ['createTranslator', () => web.createTranslator(modelFor(), given({ memorylimit: 1 })), "Did you mean 'memoryLimit'?"],
  ['createTranslator in Node', () => node.createTranslator(modelFor(), given({ thread: 1 })), "Did you mean 'threads'?"],
  ['isCached', () => web.isCached('https://example.org/m/', given({ revison: 'main' })), "Did you mean 'revision'?"],
  ['clearCache', () => web.clearCache('https://example.org/m/', given({ endpont: 'x' })), "Did you mean 'endpoint'?"],
  ['translate', () => translator.translate(image, given({ stlyes: 4 })), "translate: there is no option 'stlyes'. Did you mean 'styles'?"],
  ['translate, a number', () => translator.translate(image, 4 as never), 'translate: the options must be an object, but 4 came.'],
  ['encode', () => translator.encode(image, given({ domain: 'a' })), "encode: there is no option 'domain'. Known options: from, signal."],
  ['decode', async () => translator.decode(await translator.encode(image), given({ sede: 1 })), "Did you mean 'seed'?"],
  ['reconstruct', () => translator.reconstruct(image, given({ domian: 'a' })), "Did you mean 'domain'?"],
  ['styleOf', () => translator.styleOf(image, given({ domian: 'a' })), "Did you mean 'domain'?"],
  ['interpolate', () => translator.interpolate(image, given({ cuont: 3 })), "Did you mean 'count'?"],
  ['film', () => translator.film(given({ stabilize: 8 })), "Did you mean 'stabilise'?"],
  ['next of a film', async () => (await translator.film({ seed: 1 })).next(image, given({ examples: image })), "Did you mean 'example'?"],
  ['toBlob', async () => (await translator.translate(image)).toBlob(given({ typ: 'image/png' })), "Did you mean 'type'?"],
  ['save', async () => (await translator.translate(image)).save('/nowhere/x.png', given({ qualty: 1 })), "Did you mean 'quality'?"],
  ['TranslatorClient.load', () => TranslatorClient.load(port1, 'x', given({ devcie: 'simd' })), "TranslatorClient.load: there is no option 'devcie'. Did you mean 'device'?"],
  ['translate of a client', () => client.translate(image, given({ stlyes: 4 })), "Did you mean 'styles'?"],
  ['encode of a client', () => client.encode(image, given({ form: 'a' })), "Did you mean 'from'?"],
  ['decode of a client', async () => client.decode(await client.encode(image), given({ sede: 1 })), "Did you mean 'seed'?"],
  ['reconstruct of a client', () => client.reconstruct(image, given({ domian: 'a' })), "Did you mean 'domain'?"],
  ['styleOf of a client', () => client.styleOf(image, given({ domian: 'a' })), "Did you mean 'domain'?"],
  ['interpolate of a client', () => client.interpolate(image, given({ cuont: 3 })), "Did you mean 'count'?"],
  ['serveTranslator', () => serveTranslator(given({ prot: port2 })), "Did you mean 'port'?"],
  ['TranslatorPool.load', () => node.TranslatorPool.load('nowhere', given({ worker: 2 })), "Did you mean 'workers'?"],
  ['translateFiles', () => node.translateFiles(given({ translator, inputs: ['nowhere'], out: 'x', style: 3 })), "Did you mean 'styles'?"],
  ['translateFiles, of a transition', () => node.translateFiles(given({ translator, inputs: ['nowhere'], out: 'x', interpolate: { delay: 100 } })), "there is no option 'delay'."],
  ['translateFilm', () => node.translateFilm(given({ translator, input: 'x.mp4', output: 'y.mp4' })), "Did you mean 'input'?"],
  ['convertModel', () => node.convertModel('nowhere', given({ to: 'onnx', output: 'x' })), "Did you mean 'out'?"],
])('an option that nothing reads is refused by %s, with what was meant', async (_, call, message) => {
  const error: unknown = await Promise.resolve().then(call).then(() => undefined, (thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ArgumentError);
  expect((error as Error).message).toContain(message);
});
