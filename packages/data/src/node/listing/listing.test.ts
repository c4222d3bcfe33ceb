import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/images.js';
import { datasetFromLayout, datasetFromOfficialConfig, datasetFromPairs } from './datasetSpec.js';
import { readListFile } from './readListFile.js';
import { resolveDomain } from './resolveDomain.js';

let dir: string;
let remove: () => Promise<void>;
beforeEach(async () => ({ dir, remove } = await temporaryFolder()));
afterEach(() => remove());

async function touch(...names: string[]): Promise<void> {
  for (const name of names) {
    await mkdir(join(dir, name, '..'), { recursive: true });
    await writeFile(join(dir, name), 'x');
  }
}

describe('resolveDomain', () => {
  it('refuses an empty folder, one of other files and one with a single image', async () => {
    await mkdir(join(dir, 'empty'));
    await touch('other/readme.md', 'one/a.png');
    await expect(resolveDomain(join(dir, 'empty'))).rejects.toThrow('holds no images: it is empty');
    await expect(resolveDomain(join(dir, 'other'))).rejects.toThrow('only 1 other files (readme.md)');
    await expect(resolveDomain(join(dir, 'one'), { minImages: 2 })).rejects.toThrow('holds one image; training needs at least 2');
    expect((await resolveDomain(join(dir, 'one'))).files).toEqual([{ name: 'a.png', path: join(dir, 'one', 'a.png'), side: undefined }]);
  });

  it('reads the official list format', async () => {
    await writeFile(join(dir, 'list.txt'), '\uFEFF./trainA/2.jpg\r\n\n  trainA/1.jpg  \n/abs/3.jpg\n');
    const files = await readListFile(join(dir, 'list.txt'), '/data');
    expect(files.map(({ path }) => path)).toEqual(['/data/trainA/2.jpg', '/data/trainA/1.jpg', '/abs/3.jpg']);
    await writeFile(join(dir, 'blank.txt'), '\n \n');
    await expect(readListFile(join(dir, 'blank.txt'), dir)).rejects.toThrow('is empty');
    await expect(readListFile(join(dir, 'none.txt'), dir)).rejects.toThrow('does not exist');
    await expect(readListFile(dir, dir)).rejects.toThrow('is a folder');
  });

  it('reads a list in UTF-16, and names the lines that are not UTF-8', async () => {
    const names = ['a.png', 'b ü.png'];
    for (const mark of ['\uFEFF', '']) {
      await writeFile(join(dir, 'u.txt'), Buffer.from(`${mark}${names.join('\r\n')}\r\n`, 'utf16le'));
      expect((await readListFile(join(dir, 'u.txt'), '/data')).map(({ name }) => name)).toEqual(names);
    }
    await writeFile(join(dir, 'latin1.txt'), Buffer.from('BM1.png\ncaf\xe9.png\n', 'latin1'));
    expect((await readListFile(join(dir, 'latin1.txt'), '/data')).map(({ unusable }) => unusable)).toEqual([undefined, 'has a name that is not UTF-8']);
  });

  it.each([
    ['an image', () => sharp({ create: { width: 4, height: 4, channels: 3, background: 'red' } }).png().toBuffer(), 'is a PNG image, not a list of images.', 'Give the folder that holds it.'],
    ['a ZIP archive', () => Promise.resolve(Buffer.from('PK\x03\x04\x14\0\0\0\x08\0', 'latin1')), 'is a ZIP archive, not a list of images.', 'Unpack it and give the folder of its images.'],
    ['a film', () => Promise.resolve(Buffer.from('\0\0\0\x18ftypisom\0\0\x02\0isommp41', 'latin1')), 'is a film (MP4), not a list of images.', 'Write its frames as images (ffmpeg -i film.mp4 frames/%05d.png) and give their folder.'],
    ['a drawing', () => Promise.resolve(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')), 'is an SVG drawing, not a list of images.', 'Render it as a PNG.'],
    ['unknown bytes', () => Promise.resolve(Buffer.from([1, 0, 2, 0, 0, 7, 9, 0, 0])), 'is not a text file, so it is not a list of images.', 'Give a folder of images, or a text file with one path per line.'],
  ])('names %s given as a list', async (_, bytes, problem, remedy) => {
    const path = join(dir, 'list');
    await writeFile(path, await bytes());
    await expect(readListFile(path, dir)).rejects.toMatchObject({ problem: `${path} ${problem}`, remedy: { text: remedy } });
  });

  it('names what is given in place of a folder', async () => {
    const path = join(dir, 'cats.zip');
    await writeFile(path, 'PK\x03\x04');
    for (const open of [resolveDomain, datasetFromLayout]) {
      await expect(open(path)).rejects.toThrow(`${path} is a ZIP archive, not a folder of images. Unpack it and give the folder of its images.`);
    }
  });

  it('keeps what cannot be read in the list, with the reason', async () => {
    await touch('set/a.png', 'set/z.png');
    execFileSync('mkfifo', [join(dir, 'set', 'p.png')]);
    expect((await resolveDomain(join(dir, 'set'))).files.map(({ name, unusable }) => [name, unusable])).toEqual([
      ['a.png', undefined],
      ['p.png', 'is a named pipe, not an image file'],
      ['z.png', undefined],
    ]);
  });

  it('gives both halves of side-by-side pictures', async () => {
    await touch('train/1.png', 'train/2.png');
    const { train, test } = datasetFromPairs(join(dir, 'train'), { aSide: 'right' });
    expect(test).toBe(undefined);
    expect((await resolveDomain(train.a)).files.map(({ name, side }) => `${name} ${side ?? ''}`)).toEqual(['1.png right', '2.png right']);
    expect((await resolveDomain(train.b)).files[0]?.side).toBe('left');
  });
});

describe('data sets', () => {
  it('takes the layout trainA, trainB, testA, testB', async () => {
    await touch('trainA/1.png', 'trainB/1.png');
    expect((await datasetFromLayout(dir)).test).toBe(undefined);
    await touch('testA/1.png', 'testB/1.png');
    expect((await datasetFromLayout(dir)).test?.b).toEqual({ kind: 'folder', dir: join(dir, 'testB') });
    await expect(datasetFromLayout(join(dir, 'trainA'))).rejects.toThrow('trainA and trainB are missing');
    await expect(datasetFromLayout(join(dir, 'none'))).rejects.toThrow('does not exist');
  });

  it('takes the data keys of the official configs', async () => {
    const config = {
      data_folder_train_a: './datasets/x/trainA', data_list_train_a: './datasets/x/list_trainA.txt',
      data_folder_test_a: './datasets/x/testA', data_list_test_a: './datasets/x/list_testA.txt',
      data_folder_train_b: './datasets/x/trainB', data_list_train_b: './datasets/x/list_trainB.txt',
      data_folder_test_b: './datasets/x/testB', data_list_test_b: './datasets/x/list_testB.txt',
    };
    const { train, test } = await datasetFromOfficialConfig(config, '/base');
    expect(train.b).toEqual({ kind: 'list', list: '/base/datasets/x/list_trainB.txt', root: '/base/datasets/x/trainB' });
    expect(test?.a).toEqual({ kind: 'list', list: '/base/datasets/x/list_testA.txt', root: '/base/datasets/x/testA' });
    await touch('set/trainA/1.png', 'set/trainB/1.png');
    expect((await datasetFromOfficialConfig({ data_root: './set/' }, dir)).train.a).toEqual({ kind: 'folder', dir: join(dir, 'set', 'trainA') });
    await expect(datasetFromOfficialConfig({ data_folder_train_a: 'x' })).rejects.toThrow("'data_list_train_a' is missing");
  });
});
