/** Both sides of the protocol, with Node's own channel between them. */
import { MessageChannel, Worker } from 'node:worker_threads';
import { AbortedError, ArgumentError, memory, MunitError, openDevice, tensor } from '@munit/core';
import { type ChannelEnd, decodeError, encodeError } from '@munit/core/channel';
import { ModelSourceError, packModel, writeNetworks } from '@munit/formats';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { modelFor, noise, tiny, tinyUnit } from '../../test/models.js';
import type { LoadTranslatorProgress } from '../load/loadOptions.js';
import { createTranslator, type Translator } from '../translator/translator.js';
import { errors } from './protocol.js';
import { serveTranslator, TranslatorClient } from './index.js';

const { port1, port2 } = new MessageChannel();
const [page, inside] = [port1, port2];
const bytes = writeNetworks(modelFor().networks);
const progress: LoadTranslatorProgress['kind'][] = [];
let client: TranslatorClient;
let local: Translator;
let stop: () => Promise<void>;

beforeAll(async () => {
  stop = serveTranslator({ port: inside });
  local = await createTranslator(modelFor(), { device: 'simd', threads: 1 });
  client = await TranslatorClient.load(page, bytes, { device: 'simd', threads: 1, onProgress: ({ kind }) => progress.push(kind) });
}, 60_000);
afterAll(async () => {
  client.dispose();
  local.dispose();
  await stop();
  port1.close();
});

it('loads with progress, and says what it is', () => {
  expect([...new Set(progress)]).toEqual(['parse', 'upload', 'ready']);
  expect(client.architecture).toEqual(tiny);
  expect(client.device.taken).toBe('simd');
  expect(client.styleDim).toBe(3);
  expect(client.sampleStyles(2, 1)).toEqual(local.sampleStyles(2, 1));
  expect(client.estimateTranslation({ width: 100, height: 50 })).toEqual(local.estimateTranslation({ width: 100, height: 50 }));
  expect([client.weightBytes, client.about, client.trainedSize]).toEqual([local.weightBytes, {}, undefined]);
});

it('answers what the device of the worker holds', async () => {
  const before = await client.memory();
  expect(before).toEqual({ ...(await local.memory()), device: client.device });
  expect(before.bytes).toBeGreaterThanOrEqual(client.weightBytes);
  const content = await client.encode(noise(16, 16));
  // 16 channels (dim 4, doubled twice) of 4 × 4.
  expect((await client.memory()).bytes - before.bytes).toBe(4 * 16 * 4 * 4);
  content.dispose();
  expect((await client.memory()).tensors).toBe(before.tensors);
});

it('keeps what a model says of itself on its way out of the worker', async () => {
  const facts = { training: { steps: 7, config: { crop_image_height: 96, new_size: 128 } }, metrics: { fid: 12.5 }, license: 'CC0-1.0' };
  const other = new MessageChannel();
  const stopOther = serveTranslator({ port: other.port2 });
  const file = (await packModel({ ...modelFor(), ...facts })).get('model.safetensors')!;
  const described = await TranslatorClient.load(other.port1, file, { device: 'simd', threads: 1 });
  expect(described.about).toEqual(facts);
  expect(described.trainedSize).toBe(96);
  described.dispose();
  await stopOther();
  other.port1.close();
});

it('gives what a translator here gives', async () => {
  const images = [noise(17, 12), noise(16, 16, 1, 2)];
  const [there, here] = [await client.translate(images, { styles: 2, seed: 1 }), await local.translate(images, { styles: 2, seed: 1 })];
  expect(there.map((pictures) => pictures.map(({ values, style }) => ({ values, style })))).toEqual(
    here.map((pictures) => pictures.map(({ values, style }) => ({ values, style }))),
  );
  const one = await client.translate(images[0]!, { example: images[1]!, to: 'a' });
  expect(one.values).toEqual((await local.translate(images[0]!, { example: images[1]!, to: 'a' })).values);
  expect(one.data).toHaveLength(17 * 12 * 3);
  expect(await client.styleOf(images[0]!)).toEqual(await local.styleOf(images[0]!));
  expect((await client.reconstruct(one)).values).toEqual((await local.reconstruct(one)).values);
  const [frames, ours] = [await client.interpolate(images[0]!, { count: 3, seed: 4 }), await local.interpolate(images[0]!, { count: 3, seed: 4 })];
  expect(frames.map(({ values }) => values)).toEqual(ours.map(({ values }) => values));
});

it('keeps what the caller has: pixels, pictures and tensors can be sent again', async () => {
  const image = noise(16, 16);
  const picture = await client.translate(image, { seed: 1 });
  expect((await client.translate(image, { seed: 1 })).values).toEqual(picture.values);
  await client.translate(picture);
  expect(picture.values.length).toBe(768);
  const device = await openDevice('simd');
  const x = tensor(picture.values, [16, 16, 3]);
  expect((await client.translate(x, { seed: 2 })).values).toEqual((await client.translate(picture, { seed: 2 })).values);
  x.dispose();
  device.dispose();
});

it('holds contents in the worker until they are disposed of', async () => {
  const before = memory().numTensors;
  const content = await client.encode(noise(20, 16));
  expect([content.domain, content.width, content.height]).toEqual(['a', 20, 16]);
  const there = await client.decode(content, { styles: 2, seed: 1 });
  expect(there[1]!.values).toEqual((await local.translate(noise(20, 16), { styles: 2, seed: 1 }))[1]!.values);
  content.dispose();
  await expect(client.decode(content)).rejects.toThrow(/disposed/);
  expect(memory().numTensors).toBe(before);
});

it('cancels', async () => {
  const abort = new AbortController();
  const seen: string[] = [];
  const work = client.translate(noise(32, 32), {
    styles: 500,
    signal: abort.signal,
    onProgress: ({ kind }) => {
      seen.push(kind);
      if (seen.length === 3) abort.abort();
    },
  });
  await expect(work).rejects.toThrow(AbortedError);
  expect(seen).toHaveLength(3);
  await expect(client.translate(noise(8, 8), { signal: AbortSignal.abort() })).rejects.toThrow(AbortedError);
  expect((await client.translate(noise(8, 8))).width).toBe(8);
});

it('brings errors back as what they were', async () => {
  await expect(client.translate(noise(16, 16), { style: [1] })).rejects.toMatchObject({ name: 'ShapeError', code: 'SHAPE' });
  await expect(client.translate({ width: 3, height: 3, data: new Uint8Array(1) })).rejects.toThrow(/An image of 3×3/);
  const error = new ModelSourceError('Something is gone.', { remedy: 'Get it again.' });
  const revived = decodeError(structuredClone(encodeError(error, errors)), errors);
  expect(revived).toBeInstanceOf(ModelSourceError);
  expect(revived).toMatchObject({ name: 'ModelSourceError', code: 'CHECKPOINT', remedy: { id: 'advice', text: 'Get it again.' }, message: error.message });
});

it('a model that does not load is an error, and a UNIT model knows no styles', async () => {
  const other = new MessageChannel();
  const ports = [other.port1, other.port2] as const;
  const stopOther = serveTranslator({ port: ports[1] });
  await expect(TranslatorClient.load(ports[0], new Uint8Array(10), { device: 'simd' })).rejects.toBeInstanceOf(MunitError);
  const unit = await TranslatorClient.load(ports[0], new Blob([writeNetworks(modelFor(tinyUnit).networks) as Uint8Array<ArrayBuffer>]), { device: 'simd' });
  expect((await unit.translate(noise(9, 9))).style).toBeUndefined();
  expect(() => unit.sampleStyles(1)).toThrow(ArgumentError);
  unit.dispose();
  await expect(unit.translate(noise(9, 9))).rejects.toThrow(/disposed/);
  await stopOther();
  other.port1.close();
});

it('a port is served once, and again when its server has stopped', async () => {
  const scope = new EventTarget() as EventTarget & { postMessage(message: unknown): void };
  const answers: unknown[] = [];
  scope.postMessage = (message) => void answers.push(message);
  const ask = async (): Promise<number> => {
    scope.dispatchEvent(Object.assign(new Event('message'), { data: { munit: 'call', id: 1, name: 'recover' } }));
    await new Promise((resolve) => setTimeout(resolve, 0));
    return answers.splice(0).length;
  };
  const port = scope as unknown as ChannelEnd;
  const [first, second] = [serveTranslator({ port }), serveTranslator({ port })];
  expect(await ask()).toBe(1);
  await second();
  expect(await ask()).toBe(1);
  await first();
  expect(await ask()).toBe(0);
  await serveTranslator({ port })();
  const third = serveTranslator({ port });
  expect(await ask()).toBe(1);
  await third();
});

it('a worker that fails is an error, not an endless wait', async () => {
  const port = new EventTarget() as EventTarget & { postMessage(): void };
  port.postMessage = () => queueMicrotask(() => port.dispatchEvent(Object.assign(new Event('error'), { message: 'no such script' })));
  await expect(TranslatorClient.load(port as unknown as ChannelEnd, 'https://example.org/model/')).rejects.toThrow(/The worker failed: no such script/);
});

it('a worker of Node that throws is an error too', async () => {
  const worker = new Worker('throw new Error("out of luck")', { eval: true });
  await expect(TranslatorClient.load(worker, 'https://example.org/model/')).rejects.toThrow(/The worker failed: out of luck/);
});
