/** In a page: what only a page has, and a real worker. */
import { memory } from '@munit/core';
import { packModel } from '@munit/formats';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { shoesIn } from '../test/examples/page.js';
import { startTranslator } from '../test/examples/client.js';
import { modelFor, noise } from '../test/pageModels.js';
import { clearCache, createTranslator, isCached, loadTranslator, type Translator } from './index.js';
import { TranslatorClient } from './worker/index.js';

let translator: Translator;
beforeAll(async () => {
  translator = await createTranslator(modelFor(), { device: 'simd', threads: 1 });
});
afterAll(() => translator.dispose());

const pixels = noise(20, 13);
const rgba = new Uint8ClampedArray(20 * 13 * 4).map((_, i) => (i % 4 === 3 ? 255 : pixels.data[Math.floor(i / 4) * 3 + (i % 4)]!));

function canvasOf(): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [20, 13];
  canvas.getContext('2d')!.putImageData(new ImageData(rgba, 20, 13), 0, 0);
  return canvas;
}

const blobOf = (canvas: HTMLCanvasElement): Promise<Blob> => new Promise((resolve) => canvas.toBlob((blob) => resolve(blob!)));

async function videoOf(canvas: HTMLCanvasElement): Promise<HTMLVideoElement> {
  const video = document.createElement('video');
  video.muted = true;
  video.srcObject = canvas.captureStream();
  canvas.getContext('2d')!.fillRect(0, 0, 1, 1);
  await video.play();
  return video;
}

it('takes everything that a page has, and gives it back', async () => {
  const expected = (await translator.translate(pixels, { seed: 1 })).values;
  const canvas = canvasOf();
  const blob = await blobOf(canvas);
  const address = URL.createObjectURL(blob);
  const image = new Image();
  image.src = address;
  await image.decode();
  const offscreen = new OffscreenCanvas(20, 13);
  offscreen.getContext('2d')!.drawImage(canvas, 0, 0);
  const inputs = [canvas, blob, address, new URL(address), image, offscreen, await createImageBitmap(canvas), new ImageData(rgba, 20, 13)];
  const pictures = await translator.translate(inputs, { seed: 1, synchronized: true });
  for (const picture of pictures) expect(picture.values).toEqual(expected);
  URL.revokeObjectURL(address);

  const [picture] = pictures;
  expect(picture!.toImageData().data).toEqual(picture!.toRgba());
  const drawn = await createImageBitmap(await picture!.toBlob());
  expect([drawn.width, drawn.height]).toEqual([20, 13]);
  expect((await translator.translate(picture!.toCanvas(), { seed: 1 })).values).toEqual((await translator.translate(picture!.toImageData(), { seed: 1 })).values);
  const target = document.createElement('canvas');
  document.body.append(picture!.toCanvas(target));
  expect(picture!.toCanvas()).toBeInstanceOf(HTMLCanvasElement);
  expect([target.width, target.height]).toEqual([20, 13]);
  const frame = await translator.translate(await videoOf(canvas));
  expect([frame.width, frame.height]).toEqual([20, 13]);
});

it('rejects what is not an image, and names a model that cannot be loaded', async () => {
  await expect(translator.translate(new Blob(['no image']))).rejects.toThrow(/not an image that this browser can decode/);
  await expect(translator.translate(new Blob([]))).rejects.toMatchObject({ problem: 'The image is empty (0 bytes).', remedy: { id: 'advice', text: 'Download the file again.' } });
  await expect(translator.translate(new Image())).rejects.toThrow(/at least one pixel/);
});

it('works in a worker as here, with elements of the page', async () => {
  const files = [...(await packModel(modelFor()))].map(([name, data]) => new File([data], name));
  const worker = new Worker(new URL('../test/page/worker.ts', import.meta.url), { type: 'module' });
  const client = await TranslatorClient.load(worker, files, { device: 'simd', threads: 1 });
  const expected = (await translator.translate(pixels, { seed: 1 })).values;
  const bitmap = await createImageBitmap(canvasOf());
  for (const input of [canvasOf(), bitmap, new ImageData(rgba, 20, 13), pixels, bitmap]) {
    expect((await client.translate(input, { seed: 1 })).values).toEqual(expected);
  }
  await expect(client.translate(new Blob(['x']))).rejects.toMatchObject({ name: 'BrokenImageError', code: 'DATA', remedy: { id: 'advice', text: 'Download the file again or convert it to PNG.' } });
  client.dispose();
  worker.terminate();
});

it('keeps a model in the browser’s own cache, and clears it', async () => {
  await clearCache();
  const files = await packModel(modelFor());
  const address = `${location.origin}/a-model/`;
  let downloads = 0;
  const send: typeof fetch = (input) => {
    downloads += 1;
    return Promise.resolve(new Response(files.get(new Request(input).url.slice(address.length)) ?? null));
  };
  const before = memory().numTensors;
  for (const expected of [2, 3]) {
    (await loadTranslator('/a-model/', { device: 'simd', fetch: send })).dispose();
    expect(downloads).toBe(expected);
  }
  expect(memory().numTensors).toBe(before);
  expect(await isCached(address)).toBe(true);
  await clearCache('/a-model/');
  expect(await isCached(address)).toBe(false);
});

it('the examples of the README run', async () => {
  const bytes = (await packModel(modelFor())).get('model.safetensors')!;
  const address = URL.createObjectURL(new Blob([bytes]));
  const output = document.createElement('canvas');
  const here = await shoesIn(canvasOf(), output, address);
  expect([output.width, output.height]).toEqual([20, 13]);
  const there = await startTranslator(address);
  expect((await there.translate(pixels, { seed: 1 })).values).toEqual((await here.translate(pixels, { seed: 1 })).values);
  there.dispose();
  here.dispose();
  URL.revokeObjectURL(address);
});
