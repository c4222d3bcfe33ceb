/** Translation and decoding by our layers, on whatever device is in use. */
import { type Tensor, type Tensor2D, type Tensor4D, tidy } from '@munit/core';
import { toOfficialActivation } from '@munit/layers';
import { createModel } from '@munit/train';
import type { Item } from '../items/index.js';
import { inputOf, paramsOf } from '../items/tensors.js';
import { inputsFile, readArrays, weightsFile } from '../materials/files.js';
import type { Work } from '../process/serve.js';

export function inferenceWork(item: Item, folder: string): Work {
  const model = createModel(item.config);
  const gen = paramsOf(item.config, 'gen', readArrays(weightsFile(folder, item)));
  const inputs = readArrays(inputsFile(folder, item));
  const style = inputOf<Tensor2D>(inputs, 'style');
  const source = inputOf<Tensor4D>(inputs, item.kind === 'decode' ? 'content' : 'image_a');
  const image = (): Tensor => tidy(() => model.decode(gen, 'b', item.kind === 'decode' ? source : model.encodeContent(gen, 'a', source), style));
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
