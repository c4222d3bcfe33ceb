/** The published trainer's files from a training state, so that a run can move to PyTorch and back. */
import { type Domain, type Params, perDomain, type PerDomain } from '@munit/core';
import { type AdamMoments, type AdamState as OfficialAdam, discriminatorLayout, float32Tensor, generatorLayout, type GeneratorsArchitecture, type LayoutEntry, orderMoments, type Weights, writeNetworks, writeOptimizers } from '@munit/formats';
import { type OfficialLayer, toOfficial } from '@munit/layers';
import type { TrainingConfig } from '../config/index.js';
import { learningRates } from '../loop/rates.js';
import { discriminatorArchitectures, generatorArchitectures } from '../networks/index.js';
import type { AdamState } from '../optimizer/index.js';
import type { TrainState } from '../state/index.js';
import type { OfficialFiles } from './import.js';
import { officialNetworks } from './networks.js';

/**
 * `gen_*.pt`, `dis_*.pt` and `optimizer.pt` as the published code reads them. The average and the random source have no
 * place there; give `weights: 'average'` to write the averaged generator instead of the trained one.
 */
export async function officialFiles(state: TrainState, config: TrainingConfig, options: { readonly weights?: 'trained' | 'average' } = {}): Promise<OfficialFiles> {
  const layers = officialNetworks(config);
  const architecture = generatorsArchitecture(config);
  const gen = options.weights === 'average' ? (state.ema ?? state.gen) : state.gen;
  const layouts = {
    gen: perDomain((domain) => generatorLayout(architecture, domain)),
    dis: perDomain((domain) => {
      const architectures = discriminatorArchitectures(config);
      return discriminatorLayout({ ...architectures.a, inputDim: perDomain((d) => architectures[d].inputDim) }, domain);
    }),
  };
  const rates = learningRates(state.step, config);
  return {
    gen: writeNetworks(await stateDicts(layers.gen, layouts.gen, gen)),
    dis: writeNetworks(await stateDicts(layers.dis, layouts.dis, state.dis)),
    optimizer: writeOptimizers({
      gen: await officialAdam(layers.gen, layouts.gen, state.genOptimizer, config, rates.gen, config.lr),
      dis: await officialAdam(layers.dis, layouts.dis, state.disOptimizer, config, rates.dis, config.lr_dis ?? config.lr),
    }),
  };
}

/** Both generators of a configuration as `@munit/formats` describes them. */
export function generatorsArchitecture(config: TrainingConfig): GeneratorsArchitecture {
  const architectures = generatorArchitectures(config);
  const inputDim = perDomain((domain) => architectures[domain].inputDim);
  if (config.trainer === 'MUNIT') return { method: 'munit', ...architectures.a, inputDim };
  const { mlpDim: _, styleDim: __, ...unit } = architectures.a;
  return { method: 'unit', ...unit, inputDim };
}

/** Both generators' weights under their published names, in PyTorch's layouts. */
export function officialGenerators(gen: PerDomain<Params>, config: TrainingConfig): Promise<PerDomain<Weights>> {
  const architecture = generatorsArchitecture(config);
  return stateDicts(officialNetworks(config).gen, perDomain((domain) => generatorLayout(architecture, domain)), gen);
}

/** With the buffers that PyTorch's strict loading expects. */
async function stateDicts(layers: PerDomain<OfficialLayer>, layouts: PerDomain<readonly LayoutEntry[]>, params: PerDomain<Params>): Promise<PerDomain<Weights>> {
  const of = async (domain: Domain): Promise<Weights> => {
    const arrays = await toOfficial(layers[domain], params[domain]);
    return new Map(
      layouts[domain].map(({ name, shape, initial }) => {
        const found = arrays.get(name);
        const data = found === undefined ? new Float32Array(shape.reduce((product, n) => product * n, 1)).fill(initial) : Float32Array.from(found.data);
        return [name, float32Tensor([...shape], data)];
      }),
    );
  };
  return { a: await of('a'), b: await of('b') };
}

async function officialAdam(
  layers: PerDomain<OfficialLayer>,
  layouts: PerDomain<readonly LayoutEntry[]>,
  { m, v, count }: AdamState<PerDomain<Params>>,
  config: TrainingConfig,
  lr: number,
  initialLr: number,
): Promise<OfficialAdam> {
  const of = async (domain: Domain): Promise<Map<string, AdamMoments>> => {
    const [first, second] = [await toOfficial(layers[domain], m[domain]), await toOfficial(layers[domain], v[domain])];
    const moments = new Map<string, AdamMoments>();
    for (const [name, { shape, data }] of first) {
      const squares = second.get(name)?.data ?? new Float32Array(data.length);
      moments.set(name, { step: count, expAvg: float32Tensor([...shape], Float32Array.from(data)), expAvgSq: float32Tensor([...shape], Float32Array.from(squares)) });
    }
    return moments;
  };
  const named = { lr, initialLr, betas: [config.beta1, config.beta2] as const, eps: 1e-8, weightDecay: config.weight_decay, moments: { a: await of('a'), b: await of('b') } };
  return orderMoments(named, layouts);
}
