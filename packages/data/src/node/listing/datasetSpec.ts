import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DataError } from '@munit/core';
import { ioError, notAFolder } from '@munit/images/node';
import type { DatasetSpec, DomainSpec } from './types.js';

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then((found) => found.isDirectory(), () => false);
}

function folder(dir: string): DomainSpec {
  return { kind: 'folder', dir };
}

/**
 * The layout of the published configs: `trainA`, `trainB` and, if they are there, `testA`, `testB` below one folder.
 * @throws DataError when the folder, `trainA` or `trainB` is missing.
 */
export async function datasetFromLayout(root: string): Promise<DatasetSpec> {
  const found = await stat(root).catch((error: unknown) => {
    throw ioError('The folder', root, error);
  });
  if (!found.isDirectory()) throw await notAFolder(root);
  const missing: string[] = [];
  for (const name of ['trainA', 'trainB']) if (!(await isFolder(join(root, name)))) missing.push(name);
  if (missing.length > 0) {
    throw new DataError(`Expected ${root} to hold the folders trainA and trainB; ${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} missing.`, {
      remedy: 'Give the folder above trainA and trainB, or the two folders one by one.',
    });
  }
  const train = { a: folder(join(root, 'trainA')), b: folder(join(root, 'trainB')) };
  const hasTest = (await isFolder(join(root, 'testA'))) && (await isFolder(join(root, 'testB')));
  return hasTest ? { train, test: { a: folder(join(root, 'testA')), b: folder(join(root, 'testB')) } } : { train };
}

/** Both domains from the halves of side-by-side pictures (edges2shoes and its kin): A is the left half unless `aSide` says otherwise. */
export function datasetFromPairs(trainDir: string, { testDir, aSide = 'left' }: { readonly testDir?: string; readonly aSide?: 'left' | 'right' } = {}): DatasetSpec {
  const bSide = aSide === 'left' ? 'right' : 'left';
  const halves = (dir: string): DatasetSpec['train'] => ({ a: { kind: 'pairs', dir, side: aSide }, b: { kind: 'pairs', dir, side: bSide } });
  return testDir === undefined ? { train: halves(trainDir) } : { train: halves(trainDir), test: halves(testDir) };
}

/**
 * The data part of an official YAML file, already parsed: `data_root`, or `data_folder_train_a` with `data_list_train_a` and so on for
 * `train`/`test` and `a`/`b`.
 * @param base what the file's relative paths are relative to (the published code: the working directory)
 * @throws DataError when a key that is needed is missing.
 */
export async function datasetFromOfficialConfig(config: Readonly<Record<string, unknown>>, base = '.'): Promise<DatasetSpec> {
  const path = (key: string): string => {
    const value = config[key];
    if (typeof value === 'string' && value !== '') return resolve(base, value);
    throw new DataError(`The config names no data: '${key}' is missing.`, {
      remedy: 'Give data_root, or data_folder_ and data_list_ for train_a, train_b, test_a and test_b.',
    });
  };
  if (config['data_root'] !== undefined) return datasetFromLayout(path('data_root'));
  const list = (which: string): DomainSpec => ({ kind: 'list', list: path(`data_list_${which}`), root: path(`data_folder_${which}`) });
  const train = { a: list('train_a'), b: list('train_b') };
  if (config['data_list_test_a'] === undefined && config['data_list_test_b'] === undefined) return { train };
  return { train, test: { a: list('test_a'), b: list('test_b') } };
}
