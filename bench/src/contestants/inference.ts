/** Translation and decoding from the files of an item. */
import { toOfficialActivation } from '@munit/layers';
import type { Item } from '../materials/items.js';
import { inputsFile, readArrays, weightsFile } from '../materials/files.js';
import type { Work } from '../process/serve.js';
import { translation } from './translation.js';

export function inferenceWork(item: Item, folder: string): Work {
  const image = translation(item, readArrays(weightsFile(folder, item)), readArrays(inputsFile(folder, item)));
  const values = async (): Promise<{ readonly shape: readonly number[]; readonly data: Float32Array }> => {
    const output = image(); // [1, H, W, 3]
    const data = (await output.data()) as Float32Array;
    output.dispose();
    return { shape: output.shape, data };
  };
  return {
    run: async () => void (await values()),
    check: async () => toOfficialActivation(await values()).data,
  };
}
