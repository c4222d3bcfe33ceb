import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AbortedError, DataError, memory } from '@munit/core';
import { writeModel } from '@munit/formats/node';
import { BrokenImageError } from '@munit/images';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelFor, noise, tiny, tinyUnit } from '../../test/models.js';
import type { Translator } from '../translator/translator.js';
import { sendImage } from '../worker/images.js';
import { createTranslator, type FilePicture, loadTranslator, translateFiles, type TranslateFilesProgress } from './index.js';

const root = mkdtempSync(join(tmpdir(), 'munit-infer-'));
const inputs = join(root, 'in');
let translator: Translator<FilePicture>;

async function image(path: string, width: number, height: number, seed: number): Promise<void> {
  const { data } = noise(width, height, 3, seed);
  const pixels = sharp(data, { raw: { width, height, channels: 3 } });
  writeFileSync(path, await (path.endsWith('.jpg') ? pixels.jpeg() : pixels.png()).toBuffer());
}

beforeAll(async () => {
  mkdirSync(join(inputs, 'deep'), { recursive: true });
  await image(join(inputs, 'one.png'), 20, 13, 1);
  await image(join(inputs, 'two.jpg'), 9, 24, 2);
  await image(join(inputs, 'two.png'), 16, 16, 3);
  await image(join(inputs, 'deep', 'three.png'), 30, 8, 4);
  writeFileSync(join(inputs, 'notes.txt'), 'no image');
  await writeModel(join(root, 'model'), modelFor());
  translator = await loadTranslator(join(root, 'model'), { device: 'simd', threads: 1 });
});
afterAll(() => {
  translator.dispose();
  rmSync(root, { recursive: true });
});

const tree = (folder: string): string[] => (readdirSync(folder, { recursive: true }) as string[]).filter((name) => /\.\w+$/.test(name) && !name.startsWith('.')).sort();
const times = (folder: string): number[] => tree(folder).map((name) => statSync(join(folder, name)).mtimeMs);

describe('pictures', () => {
  it('come from a path, a URL, an address and a Blob, and are saved as their name says', async () => {
    const path = join(inputs, 'one.png');
    const server = createServer((request, response) => response.end(request.url === '/one.png' ? readFileSync(path) : 'no image'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const expected = (await translator.translate(noise(20, 13, 3, 1), { seed: 1 })).values;
    const sources = [path, pathToFileURL(path), `${address}/one.png`, new Blob([readFileSync(path)]), `data:image/png;base64,${readFileSync(path).toString('base64')}`];
    for (const picture of await translator.translate(sources, { seed: 1, synchronized: true })) expect(picture.values).toEqual(expected);
    await expect(translator.translate(`${address}/other`)).rejects.toThrow(DataError);
    server.close();
  });

  it.each(['png', 'webp', 'jpg'])('are saved as %s', async (ending) => {
    const picture = await translator.translate(noise(20, 13), { seed: 1 });
    const path = join(root, `saved.${ending}`);
    await picture.save(path);
    const { data, info } = await sharp(path).raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height, info.channels]).toEqual([20, 13, 3]);
    if (ending === 'png') expect(new Uint8Array(data)).toEqual(picture.data);
    expect((await picture.toBlob({ type: 'image/webp' })).type).toBe('image/webp');
  });

  it('grey ones are saved grey, and what is not a picture is rejected', async () => {
    const grey = await createTranslator(modelFor({ ...tiny, inputDim: { a: 3, b: 1 } }), { device: 'simd' });
    const picture = await grey.translate(join(inputs, 'one.png'));
    await picture.save(join(root, 'grey.png'));
    const metadata = await sharp(join(root, 'grey.png')).metadata();
    expect(metadata.channels).toBe(1);
    expect(new Uint8Array(await sharp(join(root, 'grey.png')).toColourspace('b-w').raw().toBuffer())).toEqual(picture.data);
    grey.dispose();
    await expect(picture.save(join(root, 'x.bmp'))).rejects.toThrow(/does not say which image type/);
    await expect(picture.save(join(root, 'absent', 'x.png'))).rejects.toThrow(/cannot be written/);
    await expect(translator.translate(join(inputs, 'notes.txt'))).rejects.toThrow(/not an image that can be decoded/);
    await expect(translator.translate(join(inputs, 'absent.png'))).rejects.toThrow(/does not exist/);
  });

  it.each([
    ['an empty file', () => new Uint8Array(), 'is empty (0 bytes)', 'Download the file again.'],
    ['text', () => new TextEncoder().encode('not an image'), 'not an image that can be decoded', 'Download the file again or convert it to PNG.'],
    ['a cut PNG', () => readFileSync(join(inputs, 'one.png')).subarray(0, 200), 'truncated or damaged', 'Download the file again or convert it to PNG.'],
  ])('%s is rejected with the advice what to do, as data', async (_, bytes, problem, text) => {
    const error: unknown = await translator.translate(new Blob([Uint8Array.from(bytes())])).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BrokenImageError);
    expect(error).toMatchObject({ code: 'DATA', remedy: { id: 'advice', text } });
    expect((error as BrokenImageError).problem).toContain(problem);
    expect((error as BrokenImageError).message).toBe(`${(error as BrokenImageError).problem} ${text}`);
  });

  it('are turned upright, and grey with alpha is laid on white', async () => {
    const turned = await sharp(noise(8, 20).data, { raw: { width: 8, height: 20, channels: 3 } }).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    expect(await translator.translate(new Blob([new Uint8Array(turned)]))).toMatchObject({ width: 20, height: 8 });
    const clear = await sharp({ create: { width: 16, height: 16, channels: 4, background: { r: 9, g: 9, b: 9, alpha: 0 } } }).toColourspace('b-w').png().toBuffer();
    expect((await sharp(clear).metadata()).channels).toBe(2);
    const white = { width: 16, height: 16, data: new Uint8Array(768).fill(255) };
    expect((await translator.translate(new Blob([new Uint8Array(clear)]), { seed: 1 })).values).toEqual((await translator.translate(white, { seed: 1 })).values);
  });

  it('may be the bytes of a file, in whatever memory, here and on the way to a worker', async () => {
    const png = await sharp(noise(8, 20).data, { raw: { width: 8, height: 20, channels: 3 } }).png().toBuffer();
    const shared = new Uint8Array(new SharedArrayBuffer(png.length));
    shared.set(png);
    const { values } = await translator.translate(new Blob([new Uint8Array(png)]), { seed: 1 });
    for (const bytes of [png, new Uint8Array(png), new Uint8Array(png).buffer, shared]) {
      expect((await translator.translate(bytes, { seed: 1 })).values).toEqual(values);
      const { image } = await sendImage(bytes);
      expect(new Uint8Array(await (image as Blob).arrayBuffer())).toEqual(new Uint8Array(png));
    }
  });
});

describe('translateFiles', () => {
  const names = ['deep/three_0.png', 'deep/three_1.png', 'one_0.png', 'one_1.png', 'two.jpg_0.png', 'two.jpg_1.png', 'two.png_0.png', 'two.png_1.png'];

  it('translates a folder, continues where it stopped, and redoes incomplete results', async () => {
    const out = join(root, 'out');
    const options = { translator, inputs: [inputs], out, styles: 2, seed: 1 };
    const stop = new AbortController();
    const first = translateFiles({ ...options, signal: stop.signal, onProgress: ({ kind }) => kind === 'translated' && stop.abort() });
    await expect(first).rejects.toThrow(AbortedError);
    expect(tree(out)).toHaveLength(2);
    const seen: TranslateFilesProgress[] = [];
    const result = await translateFiles({ ...options, onProgress: (progress) => seen.push(progress) });
    expect(result).toMatchObject({ translated: 3, skipped: 1, failed: [] });
    expect(seen.map(({ kind }) => kind)).toEqual(['skipped', 'translated', 'translated', 'translated']);
    expect(seen[3]).toMatchObject({ done: 4, total: 4 });
    expect(tree(out)).toEqual(names);
    const { width, height } = await sharp(join(out, 'one_1.png')).metadata();
    expect([width, height]).toEqual([20, 13]);

    const bytes = readFileSync(join(out, 'two.png_0.png'));
    truncateSync(join(out, 'two.png_0.png'), bytes.length - 5);
    for (const name of names) utimesSync(join(out, name), 1, 1);
    expect(await translateFiles(options)).toMatchObject({ translated: 1, skipped: 3 });
    expect(readFileSync(join(out, 'two.png_0.png'))).toEqual(bytes);
    expect(times(out).filter((time) => time === 1000)).toHaveLength(6);
    await expect(translateFiles({ ...options, seed: 2 })).rejects.toThrow(/other settings/);
    expect(await translateFiles({ ...options, seed: 2, resume: false })).toMatchObject({ translated: 4, skipped: 0 });
    expect(readFileSync(join(out, 'two.png_0.png'))).not.toEqual(bytes);
  });

  it('gives a file the same styles whichever files come with it', async () => {
    const [all, alone, same] = [join(root, 'all'), join(root, 'alone'), join(root, 'same')];
    await translateFiles({ translator, inputs: [inputs], out: all });
    await translateFiles({ translator, inputs: [join(inputs, 'one.png')], out: alone });
    expect(readFileSync(join(all, 'one.png'))).toEqual(readFileSync(join(alone, 'one.png')));
    await translateFiles({ translator, inputs: [join(inputs, 'one.png')], out: same, seed: 7, synchronized: true });
    const picture = await translator.translate(join(inputs, 'one.png'), { seed: 7 });
    expect(new Uint8Array(await sharp(join(same, 'one.png')).raw().toBuffer())).toEqual(picture.data);
  });

  it('takes an example, names what it could not translate, and draws a grid', async () => {
    const broken = join(root, 'broken');
    mkdirSync(broken);
    await image(join(broken, 'good.png'), 16, 16, 1);
    writeFileSync(join(broken, 'bad.png'), readFileSync(join(broken, 'good.png')).subarray(0, 200));
    const out = join(root, 'guided');
    const result = await translateFiles({ translator, inputs: [broken], out, example: join(inputs, 'one.png'), gridPath: join(root, 'grids', 'first.png'), format: 'webp' });
    expect(result.failed.map(({ input, error }) => [input, error.code])).toEqual([[join(broken, 'bad.png'), 'DATA']]);
    expect(tree(out)).toEqual(['good.webp']);
    const { width, height } = await sharp(join(root, 'grids', 'first.png')).metadata();
    expect([width, height]).toEqual([2 * 192 + 3 * 4, 192 + 2 * 4]);
    const cell = await sharp(join(root, 'grids', 'first.png')).extract({ left: 4, top: 4, width: 192, height: 192 }).raw().toBuffer({ resolveWithObject: true });
    expect(cell.info.channels).toBe(3);
    const own = await sharp(join(broken, 'good.png')).resize(192, 192).raw().toBuffer();
    expect(cell.data.equals(own)).toBe(true);
  });

  it('interpolates: frames, and an animation', async () => {
    const options = { translator, inputs: [join(inputs, 'one.png')], seed: 1 };
    const frames = join(root, 'frames');
    await translateFiles({ ...options, out: frames, interpolate: { count: 3, format: 'png' } });
    expect(tree(frames)).toEqual(['one/frame_0.png', 'one/frame_1.png', 'one/frame_2.png']);
    for (const format of ['webp', 'gif'] as const) {
      const out = join(root, format);
      await translateFiles({ ...options, out, interpolate: { count: 4, format, delayMs: 50 } });
      const { delay = [], ...metadata } = await sharp(join(out, `one.${format}`), { animated: true }).metadata();
      expect(metadata).toMatchObject({ width: 20, pageHeight: 13, loop: 0 });
      // Four there, two back; the encoders join frames that are equal.
      expect(delay.reduce((sum, ms) => sum + ms, 0)).toBe(300);
      expect(await translateFiles({ ...options, out, interpolate: { count: 4, format, delayMs: 50 } })).toMatchObject({ skipped: 1 });
    }
  });

  it('writes an MP4, of even size, with all of its frames, and leaves the process as it was', async () => {
    const out = join(root, 'mp4');
    const listeners = process.listenerCount('uncaughtException') + process.listenerCount('unhandledRejection');
    const one = join(root, 'odd.png');
    await image(one, 21, 13, 1);
    const options = { translator, inputs: [one], seed: 1, out, interpolate: { count: 4, format: 'mp4', delayMs: 50 } } as const;
    await translateFiles(options);
    expect(process.listenerCount('uncaughtException') + process.listenerCount('unhandledRejection')).toBe(listeners);
    const video = readFileSync(join(out, 'odd.mp4'));
    // ISO 14496-12 and -15: the header of the track's visual entry holds width and height after 24 bytes; stsz the number of samples.
    const entry = video.indexOf('avc1') + 4;
    expect([video.readUInt16BE(entry + 24), video.readUInt16BE(entry + 26)]).toEqual([22, 14]);
    expect(video.readUInt32BE(video.indexOf('stsz') + 12)).toBe(6);
    // One entry of the time table: six samples of a twentieth of a second.
    const [scale, times] = [video.readUInt32BE(video.indexOf('mdhd') + 16), video.indexOf('stts') + 12];
    expect([video.readUInt32BE(times), video.readUInt32BE(times + 4) / scale]).toEqual([6, expect.closeTo(0.05, 3)]);
    expect(await translateFiles(options)).toMatchObject({ skipped: 1 });
    // Its times of making, in seconds, are left out.
    expect(video.readUInt32BE(video.indexOf('mvhd') + 8)).toBe(0);
    truncateSync(join(out, 'odd.mp4'), video.length - 7);
    expect(await translateFiles(options)).toMatchObject({ translated: 1 });
    expect(readFileSync(join(out, 'odd.mp4'))).toEqual(video);
  });

  it('clears away what a killed run left half written', async () => {
    const out = join(root, 'killed');
    const machine = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
    const left = join(out, 'deep', `.${machine}-${spawnSync(process.execPath, ['-e', '']).pid}-0123456789ab.munit-tmp`);
    mkdirSync(join(out, 'deep'), { recursive: true });
    writeFileSync(left, 'half');
    await translateFiles({ translator, inputs: [inputs], out });
    expect(readdirSync(join(out, 'deep'))).toEqual(['three.png']);
  });

  it('says what is wrong before any work', async () => {
    const unit = await createTranslator(modelFor(tinyUnit), { device: 'simd' });
    const options = { translator: unit, inputs: [inputs], out: join(root, 'unit') };
    await expect(translateFiles({ ...options, styles: 2 })).rejects.toThrow(/model has no styles/);
    await expect(translateFiles({ ...options, interpolate: {} })).rejects.toThrow(/model has no styles/);
    expect(await translateFiles(options)).toMatchObject({ translated: 4 });
    unit.dispose();
    await expect(translateFiles({ translator, inputs: [join(root, 'absent')], out: join(root, 'x') })).rejects.toThrow(/does not exist/);
    await expect(translateFiles({ translator, inputs: [join(root, 'model')], out: join(root, 'x') })).rejects.toThrow(/no images/);
    await expect(translateFiles({ translator, inputs: [inputs], out: inputs })).rejects.toThrow(/folder of inputs and of results/);
    await expect(translateFiles({ translator, inputs: [join(inputs, 'one.png')], out: inputs })).rejects.toThrow(/would replace an input/);
    const twice = [join(inputs, 'one.png'), join(inputs, 'one.png')];
    const onInput = { translator, inputs: [join(inputs, 'one.png')], out: join(root, 'x'), gridPath: join(inputs, 'one.png') };
    await expect(translateFiles(onInput)).rejects.toThrow(/would replace an input/);
    await expect(translateFiles({ translator, inputs: twice, out: join(root, 'x') })).rejects.toThrow(/same name/);
  });

  it('keeps tensors flat over many images of many sizes', async () => {
    const many = join(root, 'many');
    mkdirSync(many);
    for (let i = 0; i < 24; i++) await image(join(many, `${i}.png`), 8 + ((i * 7) % 23), 8 + ((i * 5) % 19), i);
    const counts = new Set<number>();
    await translateFiles({ translator, inputs: [many], out: join(root, 'many-out'), onProgress: () => counts.add(memory().numTensors) });
    expect(counts.size).toBe(1);
  });
});
