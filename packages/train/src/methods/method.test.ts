/** That a method of another kind than MUNIT and UNIT fits into the table: another order, other optimizers, a memory of its own. */
import { type Device, concatBatch, memory, openDevice, readSafetensors, record, Rng, sliceBatch, type Tensor, tensor, type Tensor4D, tidyTree, type Tree, treeEntries } from '@munit/core';
import { convolution, type ConvolutionParams, type DiscriminatorParams, multiScaleDiscriminator } from '@munit/layers';
import { adversarialDiscriminatorTerm, adversarialGeneratorTerm, reconstructionTerm, type TermNames, weightedLoss } from '@munit/losses';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { resolveConfig } from '../config/resolve.js';
import { adamOf } from '../optimizer/adam.js';
import { decodeState, encodeState } from '../state/checkpoint.js';
import { disposeState, stateAround, type StateLayout, type TrainState } from '../state/state.js';
import { applyGradients } from '../step/applyGradients.js';
import { lossScalars, publishedTerms, readLosses } from '../step/losses.js';
import type { Images, StepNoise } from '../step/objective.js';
import { trainStep } from '../step/step.js';
import type { Method, Networks } from './method.js';

interface Gen {
  readonly [network: string]: ConvolutionParams;
  readonly G: ConvolutionParams;
  readonly E: ConvolutionParams;
}
interface Dis {
  readonly [network: string]: DiscriminatorParams;
  readonly D: DiscriminatorParams;
}

const layer = convolution({ inChannels: 3, outChannels: 3, kernel: 1 });
const discriminator = multiScaleDiscriminator({ inputDim: 3, dim: 2, nLayer: 1, numScales: 1, norm: 'none', activation: 'lrelu', padMode: 'zero' });
const poolSize = 3;

const networks: Networks<Gen, Dis> = {
  directions: [{ from: 'a', to: 'b' }],
  styles: undefined,
  specs: { gen: { G: layer.specs, E: layer.specs }, dis: { D: discriminator.specs } },
  init: (rng) => ({ gen: { G: layer.init(rng), E: layer.init(rng) }, dis: { D: discriminator.init(rng) } }),
  encodeContent: (_, __, x) => x,
  decode: (gen, _, content) => layer.apply(gen.G, content),
};

const branch = <T>(tree: Tree<T>, key: string): Tree<T> => (tree as Readonly<Record<string, Tree<T>>>)[key] as Tree<T>;

const termNames: TermNames = {
  loss_G_A: { side: 'generator', kind: 'adversarial', domain: 'b' },
  loss_cycle_A: { side: 'generator', kind: 'cycle', domain: 'a' },
  loss_G: { side: 'generator', kind: 'total', domain: undefined },
  loss_D_A: { side: 'discriminator', kind: 'adversarial', domain: 'b' },
  loss_D: { side: 'discriminator', kind: 'total', domain: undefined },
};

/** Generators first, G with an optimizer that E does not share, and a pool of past translations for the discriminator. */
const method: Omit<Method<Networks<Gen, Dis>, Gen, Dis, StepNoise>, 'published' | 'model'> = {
  termNames,
  optimizers: { G: ({ gen }) => branch(gen, 'G'), E: ({ gen }) => branch(gen, 'E'), D: ({ dis }) => branch(dis, 'D') },
  networks: () => networks,
  objective: () => ({
    drawNoise: () => ({ drawn: [] }),
    recordedNoise: () => ({ drawn: [] }),
    update: (state, [batch], tools) => {
      const { a, b } = (batch as { readonly images: Images }).images;
      const recording = record(state.gen);
      const { fake, loss } = recording.run(({ G, E }) => {
        const translated = layer.apply(G, a);
        return {
          fake: translated,
          loss: weightedLoss('generator', [
            { side: 'generator', kind: 'adversarial', domain: 'b', weight: 1, value: adversarialGeneratorTerm('lsgan', discriminator.apply(state.dis.D, translated)) },
            { side: 'generator', kind: 'cycle', domain: 'a', weight: 10, value: reconstructionTerm(layer.apply(E, translated), a) },
          ]),
        };
      });
      const gradients = recording.backward(loss.total, [...lossScalars(loss), fake]);
      const G = applyGradients(state, 'G', state.gen.G, gradients.G, tools.rates.gen, tools);
      const E = applyGradients(state, 'E', state.gen.E, gradients.E, tools.rates.gen, tools);

      const before = state.own['pool'] as Tensor4D | undefined;
      const pool = before === undefined ? fake : tidyTree(() => {
        const joined = concatBatch([before, fake]);
        return joined.shape[0] > poolSize ? sliceBatch(joined, joined.shape[0] - poolSize, poolSize) : joined;
      });
      if (before !== undefined) for (const old of [before, fake]) old.dispose();
      const half = record(state.dis);
      const disLoss = half.run(({ D }) =>
        weightedLoss('discriminator', [{ side: 'discriminator', kind: 'adversarial', domain: 'b', weight: 0.5, value: adversarialDiscriminatorTerm('lsgan', discriminator.apply(D, pool), discriminator.apply(D, b)) }]),
      );
      const disGradients = half.backward(disLoss.total, lossScalars(disLoss));
      const D = applyGradients(state, 'D', state.dis.D, disGradients.D, tools.rates.dis, tools);
      return {
        state: { ...state, gen: { G: G.params, E: E.params }, dis: { D: D.params }, optimizers: { G: G.optimizer, E: E.optimizer, D: D.optimizer }, own: { pool } },
        losses: [loss, disLoss],
      };
    },
  }),
};

let device: Device;
beforeAll(async () => {
  device = await openDevice('cpu');
});
afterAll(() => device.dispose());

const config = resolveConfig({ ema_half_life_images: 5 });
const layout: StateLayout = { specs: networks.specs, optimizers: method.optimizers, average: true };
const values = (tree: unknown): [string, number[]][] => treeEntries<Tensor>(tree as Tree<Tensor>).map(({ path, leaf }) => [path, [...leaf.dataSync()]]);

async function step(state: TrainState<Gen, Dis>, seed: number): Promise<{ readonly state: TrainState<Gen, Dis>; readonly losses: Record<string, number> }> {
  const rng = new Rng(seed);
  const image = (): Tensor4D => tensor(rng.uniforms(4 * 4 * 3, -1, 1), [1, 4, 4, 3]);
  const images = { a: image(), b: image() };
  const result = trainStep(state, [images], { objective: method.objective(networks, config, undefined), adam: adamOf(config), rates: { gen: 1e-2, dis: 1e-2 }, emaDecay: 0.9 });
  for (const x of [images.a, images.b]) x.dispose();
  return { state: result.state, losses: publishedTerms(await readLosses(result.losses), termNames) };
}

it('is trained, saved with all that it remembers, and resumed bit for bit', async () => {
  const tensors = memory().numTensors;
  let straight: TrainState<Gen, Dis> = stateAround(networks.init(new Rng(1)), { optimizers: method.optimizers, average: true, adam: adamOf(config), rng: new Rng(2) });
  let saved = new Uint8Array();
  for (let i = 0; i < 5; i++) {
    const { state, losses } = await step(straight, i);
    straight = state;
    expect(Object.keys(losses)).toEqual(['loss_G_A', 'loss_cycle_A', 'loss_G', 'loss_D_A', 'loss_D']);
    expect(losses['loss_G']).toBeCloseTo((losses['loss_G_A'] as number) + 10 * (losses['loss_cycle_A'] as number), 4);
    if (i === 3) saved = new Uint8Array(await encodeState(straight));
  }
  const names = [...readSafetensors(saved).tensors.keys()];
  for (const name of ['gen.G.weight', 'G_m.weight', 'E_v.weight', 'D_m.scales.0.last.bias', 'ema.E.bias', 'own.pool']) expect(names).toContain(name);
  const { state: decoded } = decodeState(saved, layout);
  expect(decoded.own['pool']?.shape).toEqual([poolSize, 4, 4, 3]);
  // What fits the layout has its method's parameters.
  const { state: resumed } = await step(decoded as TrainState<Gen, Dis>, 4);
  for (const part of ['gen', 'dis', 'ema', 'own'] as const) expect(values(resumed[part]), part).toEqual(values(straight[part]));
  expect(resumed.optimizers['D']?.count).toBe(5);
  disposeState(straight);
  disposeState(resumed);
  expect(memory().numTensors).toBe(tensors);
});
