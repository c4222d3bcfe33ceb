/** Model folders as one archive: what the studio's own Download gives. */
import { DataError } from '@munit/core';
import { part } from '../chunk.js';
import { choiceOfFiles, isModelFile, type ModelChoice } from './choice.js';
import { words } from '../words/words.js';

export const isZip = ({ name }: File): boolean => /\.zip$/i.test(name);

/** The model in an archive, called as the archive is. @throws DataError when there is none in it */
export async function choiceOfZip(archive: File): Promise<ModelChoice> {
  const { unzip } = await part(words.peek().part.archives, () => import('fflate'));
  const bytes = new Uint8Array(await archive.arrayBuffer());
  const entries = await new Promise<Record<string, Uint8Array>>((resolve, reject) => {
    unzip(bytes, { filter: ({ name }) => isModelFile(baseName(name)) && !name.startsWith('__MACOSX/') }, (error, found) => (error === null ? resolve(found) : reject(error)));
  }).catch((cause: unknown) => {
    throw new DataError(words.peek().model.notArchive(archive.name), { cause, remedy: words.peek().model.notArchiveRemedy });
  });
  const files = Object.entries(entries).map(([path, content]) => new File([content as Uint8Array<ArrayBuffer>], baseName(path)));
  if (files.length === 0) throw new DataError(words.peek().model.noModelIn(archive.name), { remedy: words.peek().model.noModelRemedy });
  return { ...choiceOfFiles(files), name: archive.name.replace(/\.zip$/i, '') } as ModelChoice;
}

const baseName = (path: string): string => path.split('/').at(-1) ?? path;
