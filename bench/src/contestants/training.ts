/** Training steps by `@munit/train`, on the device in use. */
import { type Params, type PerDomain, Rng, type Tensor2D, type Tensor4D } from '@munit/core';
import { adam, createObjective, learningRates, stateOf, type Terms, trainStep } from '@munit/train';
import type { Item } from '../items/index.js';
import { inputOf, paramsOf } from '../items/tensors.js';
import { inputsFile, readArrays, weightsFile } from '../materials/files.js';
import type { Work } from '../process/serve.js';

/** Every run is one more step (both updates) on the same batch and the same styles. */
export function trainingWork(item: Item, folder: string): Work {
  const { config } = item;
  const weights = readArrays(weightsFile(folder, item));
  const inputs = readArrays(inputsFile(folder, item));
  const optimizer = adam<PerDomain<Params>>({ beta1: config.beta1, beta2: config.beta2, weightDecay: config.weight_decay });
  const objective = createObjective(config);
  const images = { a: inputOf<Tensor4D>(inputs, 'image_a'), b: inputOf<Tensor4D>(inputs, 'image_b') };
  const styles = (half: 'dis' | 'gen'): Tensor2D[] => [inputOf<Tensor2D>(inputs, `${half}_style_a`), inputOf<Tensor2D>(inputs, `${half}_style_b`)];
  const noise = [{ dis: styles('dis'), gen: styles('gen') }];
  const rates = learningRates(0, config);
  let state = stateOf(paramsOf(config, 'gen', weights), paramsOf(config, 'dis', weights), optimizer, { rng: new Rng(0), average: false });
  const step = (): Terms => {
    const result = trainStep(state, [images], { objective, optimizer, rates, emaDecay: 0, noise });
    ({ state } = result);
    return result.terms;
  };
  const losses = async (): Promise<Record<string, number>> => {
    const terms = step();
    const numbers: Record<string, number> = {};
    for (const [name, term] of Object.entries(terms)) numbers[name] = (await term.data())[0] as number;
    for (const term of new Set(Object.values(terms))) term.dispose();
    return numbers;
  };
  return { run: async () => void (await losses()), check: losses };
}
