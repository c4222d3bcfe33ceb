/** Training steps by `@munit/train`, on the device in use. */
import { Rng, type Tensor2D, type Tensor4D } from '@munit/core';
import { adamOf, createNetworks, createObjective, learningRates, publishedTerms, readLosses, stateOf, termNamesOf, trainStep } from '@munit/train';
import type { Item } from '../materials/items.js';
import { inputOf, paramsOf } from '../materials/tensors.js';
import { inputsFile, readArrays, weightsFile } from '../materials/files.js';
import type { Work } from '../process/serve.js';

/** Every run is one more step (both updates) on the same batch and the same styles. */
export function trainingWork(item: Item, folder: string, recompute = false): Work {
  const { config } = item;
  const weights = readArrays(weightsFile(folder, item));
  const inputs = readArrays(inputsFile(folder, item));
  const adam = adamOf(config);
  const objective = createObjective(config, createNetworks(config));
  const images = { a: inputOf<Tensor4D>(inputs, 'image_a'), b: inputOf<Tensor4D>(inputs, 'image_b') };
  const styles = (half: 'dis' | 'gen'): Tensor2D[] => (config.gen.style_dim === 0 ? [] : [inputOf<Tensor2D>(inputs, `${half}_style_a`), inputOf<Tensor2D>(inputs, `${half}_style_b`)]);
  const noise = [objective.recordedNoise({ dis: styles('dis'), gen: styles('gen') })];
  const rates = learningRates(0, config);
  let state = stateOf({ ...config, ema_half_life_images: 0 }, { gen: paramsOf(config, 'gen', weights), dis: paramsOf(config, 'dis', weights) }, new Rng(0));
  const losses = async (): Promise<Record<string, number>> => {
    const result = trainStep(state, [images], { objective, adam, rates, emaDecay: 0, noise, recompute });
    ({ state } = result);
    return publishedTerms(await readLosses(result.losses), termNamesOf(config));
  };
  return { run: async () => void (await losses()), check: losses };
}
