import { type Domain, openDevice } from '@munit/core';
import { displayBatch, type ImageSource, UnpairedBatches } from '@munit/data';
import { syntheticSource } from '@munit/data/synthetic';
import { createNetworks, createObjective, initialState, resolveConfig, train } from '@munit/train';

await openDevice();
const config = resolveConfig({ max_iter: 10, log_iter: 5 }, 'quick');
const source = (domain: Domain): ImageSource => syntheticSource(domain, { size: 32, seed: 1, count: 500 });
const networks = createNetworks(config);
const { state } = await train({
  config,
  networks,
  objective: createObjective(config, networks),
  state: initialState(config, networks),
  data: new UnpairedBatches({ sources: { a: source('a'), b: source('b') }, batchSize: config.batch_size, crop: 32, seed: 1 }),
  display: { a: await displayBatch(source('a'), 4, 32), b: await displayBatch(source('b'), 4, 32) },
  onEvent: (event) => {
    if (event.kind === 'step') console.debug('step', event.step, event.terms['loss_gen_total']);
  },
  save: ({ step, bytes }) => {
    console.debug(bytes.length, 'bytes at step', step);
    return Promise.resolve();
  },
  restore: () => Promise.resolve(undefined), // the newest checkpoint, where there is one
});
console.debug('trained', state.step, 'steps');
