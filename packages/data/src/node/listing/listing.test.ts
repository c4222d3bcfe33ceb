import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '@munit/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/images.js';
import { datasetFromLayout, datasetFromOfficialConfig, datasetFromPairs } from './datasetSpec.js';
import { listFolder } from './listFolder.js';
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

describe('listFolder', () => {
  it('finds images below the folder by extension in any case, sorted, and names the other files', async () => {
    await touch('b.PNG', 'a.JPeG', 'deep/er/c.webp', 'notes.txt', '.hidden.png', '._a.jpg', '.git/x.png', 'B.jpg');
    expect(await listFolder(dir)).toEqual({ images: ['B.jpg', 'a.JPeG', 'b.PNG', 'deep/er/c.webp'], ignored: ['notes.txt'] });
  });

  it('follows links to files and folders, but not in circles', async () => {
    await touch('real/a.png');
    await symlink(join(dir, 'real'), join(dir, 'link'));
    await symlink(dir, join(dir, 'real', 'loop'));
    expect((await listFolder(dir)).images).toEqual(['link/a.png', 'real/a.png']);
  });

  it('says what is wrong with a folder', async () => {
    await touch('file');
    await expect(listFolder(join(dir, 'none'))).rejects.toThrow(`${join(dir, 'none')} does not exist`);
    await expect(listFolder(join(dir, 'file'))).rejects.toThrow('is not a folder');
    await expect(listFolder(join(dir, 'none'))).rejects.toBeInstanceOf(DataError);
  });
});

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
    await expect(datasetFromLayout(join(dir, 'trainA'))).rejects.toThrow('trainA and trainB is missing');
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
