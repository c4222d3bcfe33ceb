/** What is there stays there, and a result counts only if it was made here. */
import { appendFileSync, copyFileSync, linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { float32Tensor } from '@munit/formats';
import { modelFor, noise } from '../../../test/models.js';
import type { Translator } from '../../translator/translator.js';
import { createTranslator } from '../load.js';
import type { FilePicture } from '../picture.js';
import { noteOf } from './notes.js';
import type { TranslateFilesOptions, TranslateFilesResult } from './options.js';
import { translateFiles } from './translateFiles.js';

const root = mkdtempSync(join(tmpdir(), 'munit-files-'));
let translator: Translator<FilePicture>;
let dir = '';
let count = 0;

async function image(path: string, seed = 1, width = 12, height = 8): Promise<string> {
  const { data } = noise(width, height, 3, seed);
  writeFileSync(path, await sharp(data, { raw: { width, height, channels: 3 } }).png({ compressionLevel: 0 }).toBuffer());
  return path;
}

const at = (...names: string[]): string => join(dir, ...names);
const bytesOf = (path: string): string => readFileSync(path, 'hex');
const translate = (inputs: string | readonly string[], out: string, options: Partial<TranslateFilesOptions> = {}): Promise<TranslateFilesResult> =>
  translateFiles({ translator, inputs: typeof inputs === 'string' ? [inputs] : inputs, out, ...options });

beforeAll(async () => {
  translator = await createTranslator(modelFor(), { device: 'simd', threads: 1 });
});
afterAll(() => {
  translator.dispose();
  rmSync(root, { recursive: true });
});
beforeEach(() => {
  dir = join(root, String(count++));
  mkdirSync(at('in'), { recursive: true });
});

describe('results take no other file\'s place', () => {
  it.each([
    ['a link to it', () => symlinkSync(at('in'), at('out'))],
    ['a link through another one', () => (symlinkSync(at('in'), at('first')), symlinkSync(at('first'), at('out')))],
  ])('the folder of inputs, by %s', async (_, link) => {
    const input = await image(at('in', 'x.png'));
    const before = bytesOf(input);
    link();
    for (const resume of [true, false]) await expect(translate(at('in'), at('out'), { resume })).rejects.toMatchObject({ code: 'ARGUMENT', problem: `${at('in')} is the folder of inputs and of results.` });
    expect(bytesOf(input)).toBe(before);
  });

  it('an input, whatever its spelling', async () => {
    const input = await image(at('in', 'x.png'));
    const before = bytesOf(input);
    mkdirSync(at('out'));
    symlinkSync(at('in'), at('out', 'in'));
    mkdirSync(at('set', 'in'), { recursive: true });
    await image(at('set', 'in', 'x.png'), 2);
    // The result out/in/x.png is in/x.png.
    await expect(translate([at('set'), input], at('out'), { resume: false })).rejects.toThrow(`The result ${at('out', 'in', 'x.png')} would replace an input.`);
    await expect(translate(relative(process.cwd(), input), at('in', '..', 'in'), { resume: false })).rejects.toThrow(/would replace an input/);
    linkSync(input, at('out', 'x.png'));
    await expect(translate(input, at('out'), { resume: false })).rejects.toThrow(/would replace an input/);
    expect(bytesOf(input)).toBe(before);
  });

  it('the example, given as a path or as an address', async () => {
    const [input, example] = [await image(at('in', 'x.png')), await image(at('style.png'), 2)];
    const before = bytesOf(example);
    symlinkSync(example, at('link.png'));
    for (const given of [example, pathToFileURL(example), at('link.png')]) {
      await expect(translate(input, at('out'), { example: given, gridPath: example, resume: false })).rejects.toThrow(`The grid ${example} would replace the example.`);
    }
    mkdirSync(at('out'));
    copyFileSync(example, at('out', 'x.png'));
    await expect(translate(input, at('out'), { example: at('out', 'x.png'), resume: false })).rejects.toThrow(`The result ${at('out', 'x.png')} would replace the example.`);
    expect([bytesOf(example), bytesOf(at('out', 'x.png'))]).toEqual([before, before]);
  });

  it('the grid, and the grid takes no result\'s', async () => {
    const [x, grid] = [await image(at('in', 'x.png')), await image(at('in', 'grid.png'), 2)];
    await expect(translate([x, grid], at('out'), { gridPath: at('out', 'x.png') })).rejects.toThrow(`The grid ${at('out', 'x.png')} would replace the result ${at('out', 'x.png')}.`);
    await expect(translate([x, grid], at('out'), { grid: true })).rejects.toThrow(`would replace the result ${at('out', 'grid.png')}.`);
    await expect(translate([x], at('out'), { gridPath: at('out', 'X.PNG') })).rejects.toThrow(/would replace the result/);
    await expect(translate([x], at('out'), { gridPath: at('grid.png'), interpolate: { count: 2, format: 'mp4' } })).rejects.toThrow('A grid shows images, and these transitions are films. Leave out the grid, or write webp, gif or png.');
  });

  it('a file that munit has not written, unless it is to be replaced', async () => {
    const input = await image(at('in', 'x.png'));
    mkdirSync(at('out'));
    await image(at('out', 'x.png'), 7);
    await image(at('photo.png'), 8);
    const before = [bytesOf(at('out', 'x.png')), bytesOf(at('photo.png'))];
    await expect(translate(input, at('out'))).rejects.toMatchObject({ code: 'ARGUMENT', problem: `${at('out', 'x.png')} is there already, and is not a result of this folder.`, remedy: { id: 'replace-file' } });
    await expect(translate(input, at('other'), { gridPath: at('photo.png') })).rejects.toMatchObject({ problem: `${at('photo.png')} is there already, and is not a grid of this folder.` });
    expect([bytesOf(at('out', 'x.png')), bytesOf(at('photo.png'))]).toEqual(before);
    expect(await translate(input, at('out'), { resume: false })).toMatchObject({ translated: 1 });
    expect(bytesOf(at('out', 'x.png'))).not.toBe(before[0]);
    expect(await translate(input, at('out'))).toMatchObject({ skipped: 1 });
    // Its own grid it may replace.
    for (let i = 0; i < 2; i++) expect(await translate(input, at('grids'), { gridPath: at('g.png') })).toMatchObject({ failed: [] });
  });

  it('keeps apart the results of names that differ in case only', async () => {
    await image(at('in', 'A.png'), 1);
    await image(at('in', 'a.PNG'), 2);
    expect(await translate(at('in'), at('out'))).toMatchObject({ translated: 2, failed: [], outputs: [at('out', 'A.png.png'), at('out', 'a.PNG-2.png')] });
    expect(await translate(at('in'), at('out'))).toMatchObject({ skipped: 2 });
  });
});

describe('a result is there already', () => {
  const again = async (options: Partial<TranslateFilesOptions> = {}): Promise<string> => {
    const { translated, skipped } = await translate(at('in'), at('out'), options);
    return `${translated} made, ${skipped} there`;
  };

  it('only when its input is what it was', async () => {
    const input = await image(at('in', 'x.png'));
    await image(at('in', 'y.png'), 2);
    expect(await again()).toBe('2 made, 0 there');
    const first = bytesOf(at('out', 'x.png'));
    expect(await again()).toBe('0 made, 2 there');
    // Touched, it is still the same.
    utimesSync(input, 5, 5);
    expect(await again()).toBe('0 made, 2 there');
    // Other pixels, but size and time as before.
    const { size } = statSync(input);
    await image(input, 3);
    utimesSync(input, 5, 5);
    expect([statSync(input).size, statSync(input).mtimeMs]).toEqual([size, 5000]);
    expect(await again()).toBe('1 made, 1 there');
    expect(bytesOf(at('out', 'x.png'))).not.toBe(first);
  });

  it('only when it is what was made', async () => {
    await image(at('in', 'x.png'));
    expect(await again({ styles: 2 })).toBe('1 made, 0 there');
    const result = bytesOf(at('out', 'x_1.png'));
    copyFileSync(at('out', 'x_0.png'), at('out', 'x_1.png'));
    expect(await again({ styles: 2 })).toBe('1 made, 0 there');
    expect(bytesOf(at('out', 'x_1.png'))).toBe(result);
    rmSync(at('out', 'x_0.png'));
    expect(await again({ styles: 2 })).toBe('1 made, 0 there');
  });

  it('only when this model has made it', async () => {
    await image(at('in', 'x.png'));
    await again();
    const model = modelFor();
    const [name, { shape, data }] = [...model.networks.b][0]!;
    const changed = { ...model, networks: { ...model.networks, b: new Map([...model.networks.b, [name, float32Tensor(shape, data.map((value) => value + 1e-3))]]) } };
    const same = await createTranslator(modelFor(), { device: 'simd', threads: 1 });
    const other = await createTranslator(changed, { device: 'simd', threads: 1 });
    expect(await again({ translator: same })).toBe('0 made, 1 there');
    await expect(again({ translator: other })).rejects.toThrow(`The results in ${at('out')} were made with another model than the one given now.`);
    await expect(again({ seed: 5 })).rejects.toThrow(`The results in ${at('out')} were made with other settings than those given now.`);
    expect(await again({ translator: other, resume: false })).toBe('1 made, 0 there');
    same.dispose();
    other.dispose();
  });

  it('also after a crash, whatever it has left of the notes', async () => {
    for (const name of ['x', 'y', 'z']) await image(at('in', `${name}.png`));
    await again();
    const notes = at('out', '.munit-translate.jsonl');
    // Written, but not noted: its results are munit's, and made again.
    const lines = readFileSync(notes, 'utf8').trimEnd().split('\n');
    writeFileSync(notes, lines.slice(0, -1).join('\n'));
    appendFileSync(notes, '\n{"name":"z.png","made":{"input":{"si');
    expect(await again()).toBe('1 made, 2 there');
    expect(await again()).toBe('0 made, 3 there');
    appendFileSync(notes, 'null\n[]\n{"name":"x.png","made":null}\n{"name":"x.png","made":{"input":{},"results":[]}}\n{"claim":5}\n');
    expect(await again()).toBe('0 made, 3 there');
  });
});

it('a disk that does not tell the times of what was written is named', async () => {
  await expect(noteOf(at('gone.png'), new Uint8Array(1))).rejects.toMatchObject({ code: 'DATA', problem: `${at('gone.png')} was written, but cannot be looked at again.` });
});

describe('inputs', () => {
  it('are found as training finds them: through links, and past what cannot be read', async () => {
    await image(at('in', 'own.png'));
    mkdirSync(at('more'));
    await image(at('more', 'linked.png'), 2);
    symlinkSync(at('more'), at('in', 'more'));
    symlinkSync(at('in'), at('more', 'back'));
    execFileSync('mkfifo', [at('in', 'pipe.png')]);
    writeFileSync(Buffer.concat([Buffer.from(`${at('in')}/caf`), Buffer.from([0xe9]), Buffer.from('.png')]), 'x');
    const { translated, outputs, failed } = await translate(at('in'), at('in', 'out'));
    expect([translated, outputs]).toEqual([2, [at('in', 'out', 'more', 'linked.png'), at('in', 'out', 'own.png')]]);
    expect(failed.map(({ error }) => error.message)).toEqual([
      `The image ${at('in', 'caf\\xE9.png')} has a name that is not UTF-8. Rename it (convmv -f latin1 -t utf8 renames whole folders).`,
      `The image ${at('in', 'pipe.png')} is a named pipe, not an image file. Check the path and its permissions.`,
    ]);
    expect(await translate(at('in'), at('in', 'out'))).toMatchObject({ skipped: 2 });
    const pipe = await translate(at('in', 'pipe.png'), at('elsewhere'));
    expect(pipe.failed.map(({ error }) => error.problem)).toEqual([`The image ${at('in', 'pipe.png')} is a named pipe, not an image file.`]);
  });

  it('are shown in the grid by the decoder that translates them', async () => {
    // A phone's JPEG whose start of scan names an invalid end of the spectrum: decoders warn and read it.
    const jpeg = await sharp(noise(24, 20, 3, 1).data, { raw: { width: 24, height: 20, channels: 3 } }).jpeg().toBuffer();
    const scan = jpeg.indexOf(Buffer.from([0xff, 0xda]));
    jpeg[scan + 2 + jpeg.readUInt16BE(scan + 2) - 2] = 0;
    writeFileSync(at('in', 's.jpg'), jpeg);
    expect(await translate(at('in'), at('out'), { gridPath: at('grid.png') })).toMatchObject({ translated: 1, failed: [] });
    expect(await sharp(at('grid.png')).metadata()).toMatchObject({ width: 2 * 192 + 3 * 4, height: 192 + 2 * 4 });
  });
});
