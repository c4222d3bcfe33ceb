import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, utimesSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AbortedError, type MunitError } from '@munit/core';
import { writeModel } from '@munit/formats/node';
import type { PixelImage } from '@munit/images';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isFlash, makeFilm, numberedFrame, readFilm, type ReadFilm } from '../../../test/films.js';
import { modelFor, tiny, tinyUnit } from '../../../test/models.js';
import type { Translator } from '../../translator/translator.js';
import { createTranslator } from '../load.js';
import type { FilePicture } from '../picture.js';
import { openFilm } from './source.js';
import { translateFilm, type TranslateFilmOptions, type TranslateFilmProgress } from './translateFilm.js';

const work = mkdtempSync(join(tmpdir(), 'munit-film-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));
const at = (name: string): string => join(work, name);

let translator: Translator<FilePicture>;
beforeAll(async () => {
  translator = await createTranslator(modelFor(), { device: 'simd', threads: 1 });
});
afterAll(() => translator.dispose());

const distance = (a: PixelImage, b: { readonly data: Uint8Array }): number => a.data.reduce((sum, value, i) => sum + Math.abs(value - b.data[i]!), 0) / a.data.length;

const greyOf = ({ width, height, data }: Pick<PixelImage, 'width' | 'height' | 'data'>): PixelImage => ({
  width,
  height,
  channels: 1,
  data: Uint8Array.from({ length: width * height }, (_, i) => Math.round(0.299 * data[3 * i]! + 0.587 * data[3 * i + 1]! + 0.114 * data[3 * i + 2]!)),
});

/** What a film's frames should become, by the translator itself. */
async function expectedFrames(path: string, options: Partial<TranslateFilmOptions> = {}): Promise<FilePicture[]> {
  const source = await openFilm(path);
  using film = await translator.film({ seed: 1, ...options });
  const pictures: FilePicture[] = [];
  for await (const { pixels } of source.frames(-Infinity)) pictures.push(await film.next(pixels));
  source.close();
  return pictures;
}

/** Of each frame of a film, the number of the expected one that is nearest. */
const orderOf = (film: ReadFilm, expected: readonly FilePicture[]): number[] =>
  film.frames.map(({ image }) => {
    const distances = expected.map((picture) => distance(image, picture));
    return distances.indexOf(Math.min(...distances));
  });

const times = (film: ReadFilm): number[] => film.frames.map(({ timestamp }) => Math.round(timestamp * 1e4) / 1e4);

/** Every third frame comes late, and one stays for a second. */
const unsteady = (i: number): number => i / 25 + (i % 3 === 1 ? 0.015 : 0) + (i > 20 ? 1 : 0);

describe('a film', () => {
  it('is translated frame by frame, in order, with its times and its sound', async () => {
    const [input, out] = [at('film.mp4'), at('out.mp4')];
    await makeFilm(input, { frames: 60, timeOf: unsteady });
    const events: TranslateFilmProgress[] = [];
    const result = await translateFilm({ translator, input, out, onProgress: (progress) => events.push(progress) });
    expect(result).toEqual({ translated: 60, kept: 0, missing: 0, sound: [{ codec: 'aac', as: 'copied' }], format: 'MP4, avc' });
    expect(events).toHaveLength(62);
    expect(events[0]).toEqual({ kind: 'opened', format: 'MP4, avc', width: 32, height: 24, frames: 60, kept: 0 });
    expect(events.slice(-2)).toEqual([{ kind: 'frame', done: 60, kept: 0, total: 60 }, { kind: 'joining' }]);

    const [before, film] = [await readFilm(input), await readFilm(out)];
    const expected = await expectedFrames(input);
    expect(orderOf(film, expected)).toEqual(Array.from({ length: 60 }, (_, i) => i));
    // Four pixels share a colour, but each has its brightness.
    for (const [i, { image }] of film.frames.entries()) expect(distance(greyOf(image), greyOf(expected[i]!))).toBeLessThan(3);
    expect(times(film)).toEqual(Array.from({ length: 60 }, (_, i) => Math.round(unsteady(i) * 1e4) / 1e4));
    expect([film.format, film.codec, film.colours.matrix]).toEqual(['MP4', 'avc', 'smpte170m']);
    // Bit for bit what it was, and so in time with the pictures.
    expect(film.sound).toEqual(before.sound);
    const flashes = Array.from({ length: 60 }, (_, i) => i).filter(isFlash);
    expect(film.sound!.beeps).toHaveLength(flashes.length);
    for (const [k, beep] of film.sound!.beeps.entries()) expect(Math.abs(beep - film.frames[flashes[k]!]!.timestamp)).toBeLessThan(0.03);
    expect(readdirSync(at('.out.mp4.munit'))).toEqual(['progress.json']);
  }, 60_000);

  it('that is done is left alone, and made again when the film, the settings or the result have changed', async () => {
    const [input, out] = [at('again.mp4'), at('again-out.mp4')];
    await makeFilm(input, { frames: 3 });
    const options = { translator, input, out };
    expect(await translateFilm(options)).toMatchObject({ translated: 3, kept: 0 });
    expect(await translateFilm(options)).toEqual({ translated: 0, kept: 3, missing: 0, sound: [{ codec: 'aac', as: 'copied' }], format: 'MP4, avc' });
    utimesSync(input, 1, 1);
    expect(await translateFilm(options)).toMatchObject({ translated: 0, kept: 3 });
    await expect(translateFilm({ ...options, seed: 2 })).rejects.toThrow(`The film ${out} was made with other settings than those given now.`);
    await expect(translateFilm({ ...options, stabilise: 3 })).rejects.toThrow('other settings');
    expect(await translateFilm({ ...options, seed: 2, resume: false })).toMatchObject({ translated: 3 });
    rmSync(out);
    expect(await translateFilm({ ...options, seed: 2 })).toMatchObject({ translated: 3 });
    await makeFilm(input, { frames: 4 });
    expect(await translateFilm({ ...options, seed: 2 })).toMatchObject({ translated: 4 });
    const other = await createTranslator(modelFor({ ...tiny, nRes: 2 }), { device: 'simd', threads: 1 });
    await expect(translateFilm({ ...options, translator: other, seed: 2 })).rejects.toThrow('other settings');
    other.dispose();
    // Begun again and stopped: what lies there is still munit's, so that the next call may replace it.
    const abort = new AbortController();
    await expect(translateFilm({ ...options, seed: 3, resume: false, signal: abort.signal, onProgress: () => abort.abort() })).rejects.toThrow(AbortedError);
    expect(await translateFilm({ ...options, seed: 3 })).toMatchObject({ translated: 4 });
  }, 60_000);

  it.each([
    ['at once', 1],
    ['with averaged statistics', 5],
  ] as const)('that was stopped continues after its last piece, with the same result: %s', async (_, stabilise) => {
    const [input, alone, stopped] = [at(`long-${stabilise}.mp4`), at(`alone-${stabilise}.mp4`), at(`stopped-${stabilise}.mp4`)];
    await makeFilm(input, { frames: 54, timeOf: unsteady });
    await translateFilm({ translator, input, out: alone, stabilise });
    const abort = new AbortController();
    const onProgress = (progress: TranslateFilmProgress): void => void (progress.kind === 'frame' && progress.done === 34 && abort.abort());
    await expect(translateFilm({ translator, input, out: stopped, stabilise, onProgress, signal: abort.signal })).rejects.toThrow(AbortedError);
    expect([existsSync(stopped), readdirSync(at(`.stopped-${stabilise}.mp4.munit`)).sort()]).toEqual([false, ['000000.mp4', 'progress.json']]);
    expect(await translateFilm({ translator, input, out: stopped, stabilise })).toMatchObject({ translated: 30, kept: 24 });
    const [one, two] = [await readFilm(alone), await readFilm(stopped)];
    expect(two.packets).toEqual(one.packets);
    expect([two.sound, times(two)]).toEqual([one.sound, times(one)]);
  }, 120_000);

  it('that was killed does so too', async () => {
    const [input, out, model] = [at('killed.mp4'), at('killed-out.mp4'), at('model')];
    await makeFilm(input, { frames: 40 });
    await writeModel(model, modelFor());
    const child = spawn(process.execPath, ['--conditions=@munit/source', '--import', 'tsx', fileURLToPath(new URL('../../../test/filmProcess.ts', import.meta.url)), model, input, out], {
      cwd: fileURLToPath(new URL('../../..', import.meta.url)),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout.once('data', () => child.kill('SIGKILL'));
    expect(await new Promise((resolve) => child.on('close', (_, signal) => resolve(signal)))).toBe('SIGKILL');
    expect(existsSync(out)).toBe(false);
    // Loaded from the same folder: the same model by its content.
    const { loadTranslator } = await import('../load.js');
    const loaded = await loadTranslator(model, { device: 'simd', threads: 1 });
    const result = await translateFilm({ translator: loaded, input, out });
    loaded.dispose();
    expect([result.translated + result.kept, result.kept]).toEqual([40, 24]);
    expect(orderOf(await readFilm(out), await expectedFrames(input))).toEqual(Array.from({ length: 40 }, (_, i) => i));
    expect(readdirSync(at('.killed-out.mp4.munit'))).toEqual(['progress.json']);
  }, 120_000);

  it('is written in its hidden folder until it is whole, where the next call removes what a kill leaves', async () => {
    mkdirSync(at('apart'));
    const [input, out] = [at('apart.mp4'), at('apart/out.mp4')];
    await makeFilm(input, { frames: 2 });
    const seen = new Set<string | null>();
    const watcher = watch(at('apart'), (_, name) => void seen.add(name));
    await translateFilm({ translator, input, out });
    await new Promise((done) => setTimeout(done, 200));
    watcher.close();
    expect(seen).toEqual(new Set(['.out.mp4.munit', 'out.mp4']));
  }, 60_000);

  it('stops while its pieces are joined, and is joined by the next call', async () => {
    const [input, out] = [at('joining.mp4'), at('joining-out.mp4')];
    await makeFilm(input, { frames: 30 });
    const abort = new AbortController();
    const stop = (progress: TranslateFilmProgress): void => void (progress.kind === 'joining' && setImmediate(() => abort.abort()));
    await expect(translateFilm({ translator, input, out, onProgress: stop, signal: abort.signal })).rejects.toThrow(AbortedError);
    expect([existsSync(out), readdirSync(at('.joining-out.mp4.munit')).sort()]).toEqual([false, ['000000.mp4', '000001.mp4', 'progress.json']]);
    expect(await translateFilm({ translator, input, out })).toMatchObject({ translated: 0, kept: 30 });
  }, 60_000);

  it('does not trust pieces that have changed', async () => {
    const [input, out] = [at('changed.mp4'), at('changed-out.mp4')];
    await makeFilm(input, { frames: 30 });
    const abort = new AbortController();
    const stop = (progress: TranslateFilmProgress): void => void (progress.kind === 'frame' && progress.done === 26 && abort.abort());
    await expect(translateFilm({ translator, input, out, onProgress: stop, signal: abort.signal })).rejects.toThrow(AbortedError);
    truncateSync(join(at('.changed-out.mp4.munit'), '000000.mp4'), 100);
    expect(await translateFilm({ translator, input, out })).toMatchObject({ translated: 30, kept: 0 });
  }, 60_000);
});

describe('films of every kind', () => {
  it.each([
    ['MP4 to WebM: sound of another codec is encoded again', 'mp4', 'webm', 'aac', { codec: 'opus', as: [{ codec: 'aac', as: 'opus' }], format: 'WebM' }],
    ['WebM to MP4: Opus is copied', 'webm', 'mp4', 'opus', { codec: 'opus', as: [{ codec: 'opus', as: 'copied' }], format: 'MP4' }],
    ['MOV with uncompressed sound to Matroska', 'mov', 'mkv', 'pcm-s16', { codec: 'pcm-s16', as: [{ codec: 'pcm-s16', as: 'copied' }], format: 'Matroska' }],
    ['silent Matroska to MOV', 'mkv', 'mov', undefined, { codec: undefined, as: [], format: 'QuickTime File Format' }],
  ] as const)('%s', async (name, from, to, sound, wanted) => {
    const [input, out] = [at(`${name}.${from}`), at(`${name} out.${to}`)];
    await makeFilm(input, { frames: 30, sound, timeOf: unsteady });
    const result = await translateFilm({ translator, input, out });
    expect(result.sound).toEqual(wanted.as);
    const film = await readFilm(out);
    expect([film.format, film.sound?.codec, orderOf(film, await expectedFrames(input))]).toEqual([wanted.format, wanted.codec, Array.from({ length: 30 }, (_, i) => i)]);
    for (const [i, { timestamp }] of film.frames.entries()) expect(Math.abs(timestamp - unsteady(i))).toBeLessThan(0.002);
    if (sound !== undefined) for (const beep of film.sound!.beeps) expect(Math.min(...film.frames.filter((_, i) => isFlash(i)).map(({ timestamp }) => Math.abs(timestamp - beep)))).toBeLessThan(0.05);
  }, 60_000);

  it('a turned film comes out upright', async () => {
    const [input, plain] = [at('turned.mp4'), at('plain.mp4')];
    await makeFilm(input, { frames: 2, width: 32, height: 24, rotation: 90 });
    await makeFilm(plain, { frames: 2, width: 32, height: 24 });
    const [turned, straight] = [await openFilm(input), await openFilm(plain)];
    expect([turned.size, straight.size]).toEqual([{ width: 24, height: 32 }, { width: 32, height: 24 }]);
    const { value } = await turned.frames(-Infinity).next();
    const original = (await straight.frames(-Infinity).next()).value!.pixels;
    // Clockwise: the left column becomes the top row.
    const expected = Uint8Array.from(value!.pixels.data, (_, i) => {
      const [x, y, c] = [Math.floor(i / 3) % 24, Math.floor(i / 3 / 24), i % 3];
      return original.data[((23 - x) * 32 + y) * 3 + c]!;
    });
    expect(distance(value!.pixels, { data: expected })).toBeLessThan(2);
    turned.close();
    straight.close();
    await translateFilm({ translator, input, out: at('upright.mp4') });
    const film = await readFilm(at('upright.mp4'));
    expect([film.rotation, film.frames[0]!.image.width, film.frames[0]!.image.height]).toEqual([0, 24, 32]);
  }, 60_000);

  it('colours are those of the film, by the matrix that it names', async () => {
    const red = (_: number, width: number, height: number): PixelImage => ({ width, height, channels: 3, data: Uint8Array.from({ length: width * height * 3 }, (__, i) => [200, 40, 60][i % 3]!) });
    await makeFilm(at('red.mp4'), { frames: 1, pictureOf: red, sound: undefined });
    const source = await openFilm(at('red.mp4'));
    const { value } = await source.frames(-Infinity).next();
    source.close();
    for (const [i, channel] of [200, 40, 60].entries()) expect(Math.abs(value!.pixels.data[i]! - channel)).toBeLessThanOrEqual(3);
  });

  it('one frame, of odd size', async () => {
    const [input, out] = [at('one.mkv'), at('one-out.mp4')];
    await makeFilm(input, { frames: 1, width: 33, height: 25, codec: 'vp9', sound: undefined });
    expect(await translateFilm({ translator, input, out })).toMatchObject({ translated: 1, sound: [] });
    const { frames } = await readFilm(out);
    // H.264 has even sizes: the last column and row are repeated.
    expect([frames.length, frames[0]!.image.width, frames[0]!.image.height]).toEqual([1, 34, 26]);
  });

  it('an animated GIF, with its delays', async () => {
    const pages = [0, 1, 2].map((i) => sharp(numberedFrame(i, 24, 20).data, { raw: { width: 24, height: 20, channels: 3 } }).png().toBuffer());
    await sharp(await Promise.all(pages), { join: { animated: true } }).gif({ delay: [40, 300, 100] }).toFile(at('animation.gif'));
    const result = await translateFilm({ translator, input: at('animation.gif'), out: at('animation.webm') });
    expect(result).toEqual({ translated: 3, kept: 0, missing: 0, sound: [], format: 'GIF' });
    const film = await readFilm(at('animation.webm'));
    expect([times(film), orderOf(film, await expectedFrames(at('animation.gif')))]).toEqual([[0, 0.04, 0.34], [0, 1, 2]]);
  });

  it('a model without styles', async () => {
    const unit = await createTranslator(modelFor(tinyUnit), { device: 'simd', threads: 1 });
    await makeFilm(at('unit.mp4'), { frames: 2 });
    expect(await translateFilm({ translator: unit, input: at('unit.mp4'), out: at('unit-out.mp4') })).toMatchObject({ translated: 2 });
    await expect(translateFilm({ translator: unit, input: at('unit.mp4'), out: at('unit-2.mp4'), style: [1, 2, 3] })).rejects.toThrow('no styles');
    unit.dispose();
  });
});

describe('files that are not films, or not whole', () => {
  const failure = async (input: string, out = at('refused.mp4')): Promise<MunitError> => translateFilm({ translator, input, out }).then(() => expect.fail('it was translated'), (error: unknown) => error as MunitError);

  it.each<readonly [string, () => void | Promise<void>, string]>([
    ['text.mp4', () => writeFileSync(at('text.mp4'), 'This is not a film. '.repeat(99)), 'is not a film that can be read (its format is unknown). Films are MP4, MOV, WebM, MKV, TS, and animated GIF or WebP files.'],
    ['short.mp4', () => writeFileSync(at('short.mp4'), 'words'), 'is not a film that can be read (its format is unknown).'],
    ['empty.mp4', () => writeFileSync(at('empty.mp4'), ''), 'is empty (0 bytes). Download the file again.'],
    ['absent.mp4', () => undefined, 'does not exist. Check the path and its permissions.'],
    ['folder.mp4', () => mkdirSync(at('folder.mp4')), 'is a folder. Give a film, or leave out the name of a film after --out.'],
    ['photo.mp4', async () => void (await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } }).png().toFile(at('photo.mp4'))), 'is a PNG image, not a film.'],
    ['page.mp4', () => writeFileSync(at('page.mp4'), '<!doctype html><html>404</html>'), 'is a web page, which cannot be read.'],
  ])('%s', async (name, make, message) => {
    await make();
    const error = await failure(at(name));
    expect([error.code, error.message]).toEqual(['DATA', expect.stringContaining(`The film ${at(name)} ${message}`)]);
    expect(existsSync(at('.refused.mp4.munit'))).toBe(false);
  });

  it('cut off in its pictures, in its index, or behind its head', async () => {
    const whole = at('whole.mp4');
    await makeFilm(whole, { frames: 40, width: 64, height: 48 });
    const bytes = readFileSync(whole);
    for (const length of [20, 200, Math.floor(bytes.length / 2), bytes.length - 10]) {
      const path = at(`cut-${length}.mp4`);
      copyFileSync(whole, path);
      truncateSync(path, length);
      const error = await failure(path);
      expect([error.code, error.problem], `${length} of ${bytes.length} bytes`).toEqual(['DATA', expect.stringMatching(/^The film .* (is truncated or damaged \(.+\)|has no pictures|\(.*\) has no pictures|is not a film .*)\.$/)]);
    }
    expect(existsSync(at('.refused.mp4.munit'))).toBe(false);
  }, 60_000);

  it('damaged in the middle: what is decoded is kept, or the frame is named', async () => {
    const whole = at('noise.mp4');
    await makeFilm(whole, { frames: 60, width: 64, height: 48, sound: undefined });
    const bytes = readFileSync(whole);
    const middle = bytes.indexOf('mdat') + 2000;
    for (let i = 0; i < 600; i++) bytes[middle + i] = (i * 7919) & 255;
    writeFileSync(at('broken.mp4'), bytes);
    const outcome = await translateFilm({ translator, input: at('broken.mp4'), out: at('broken-out.mp4') }).catch((error: unknown) => error as MunitError);
    if (outcome instanceof Error) expect(outcome.message).toMatch(/cannot be decoded beyond .* frames/);
    else expect(outcome.translated + outcome.missing).toBe(60);
  }, 60_000);

  it('sound without pictures', async () => {
    const { AudioSample, AudioSampleSource, FilePathTarget, Mp4OutputFormat, Output } = await import('mediabunny');
    const output = new Output({ format: new Mp4OutputFormat(), target: new FilePathTarget(at('sound.mp4')) });
    const source = new AudioSampleSource({ codec: 'aac', bitrate: 64_000 });
    output.addAudioTrack(source);
    await output.start();
    const silence = new AudioSample({ data: new Float32Array(4800), format: 'f32', numberOfChannels: 1, sampleRate: 48_000, timestamp: 0 });
    await source.add(silence);
    silence.close();
    await output.finalize();
    expect((await failure(at('sound.mp4'))).message).toBe(`The film ${at('sound.mp4')} (MP4) has no pictures. Give a film with a video track.`);
  });

  it('a size that is too large for memory', async () => {
    await makeFilm(at('huge.mp4'), { frames: 1, sound: undefined });
    const bytes = readFileSync(at('huge.mp4'));
    // What the head says of its size: 65,000×65,000.
    const avc1 = bytes.indexOf('avc1', bytes.indexOf('stsd')) + 4;
    bytes.writeUInt16BE(65_000, avc1 + 24);
    bytes.writeUInt16BE(65_000, avc1 + 26);
    writeFileSync(at('huge.mp4'), bytes);
    const error = await failure(at('huge.mp4'));
    expect([error.code, error.message]).toEqual(['DATA', expect.stringContaining('has 65000×65000 = 4225.0 Mpx, more than the limit')]);
  });

  it('nothing takes the place of the film, the example, or a file that is not ours', async () => {
    const input = at('apart.mp4');
    await makeFilm(input, { frames: 1 });
    expect((await failure(input, input)).message).toContain('would replace an input');
    writeFileSync(at('mine.mp4'), 'mine');
    expect((await failure(input, at('mine.mp4'))).message).toContain(`${at('mine.mp4')} is there already`);
    expect(readFileSync(at('mine.mp4'), 'utf8')).toBe('mine');
    expect((await failure(input, at('film.avi'))).message).toBe(`${at('film.avi')} does not end as a film does. Let its name end in .mp4, .m4v, .mov, .mkv, .webm.`);
    writeFileSync(at('a-file'), '');
    expect((await failure(input, join(at('a-file'), 'out.mp4'))).code).toBe('DATA');
    expect(await translateFilm({ translator, input, out: join(work, 'made', 'out.mp4') })).toMatchObject({ translated: 1 });
  }, 30_000);
});
