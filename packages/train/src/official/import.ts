/** Going on from the published trainer's files. */
import { CheckpointMismatchError, type Domain, type Params, type PerDomain, perDomain, Rng, type Tensor, treeLeaves } from '@munit/core';
import { type Checkpoint, discriminatorLayout, type GeneratorCheckpoint, generatorLayout, type LayoutEntry, type NamedAdam, nameMoments, readCheckpoint } from '@munit/formats';
import { fromOfficial, type OfficialLayer, type OfficialTensor, trainable } from '@munit/layers';
import type { TrainingConfig } from '../config/index.js';
import { adam, type AdamState } from '../optimizer/index.js';
import { stateOf, type TrainState } from '../state/index.js';
import { officialNetworks } from './networks.js';

/** The three files that the published trainer's `save` writes: `gen_*.pt`, `dis_*.pt`, `optimizer.pt`, as their bytes. */
export interface OfficialFiles {
  readonly gen: Uint8Array;
  readonly dis: Uint8Array;
  readonly optimizer: Uint8Array;
}

type Kind = 'generator' | 'discriminator' | 'optimizer';

/**
 * The training state in the published trainer's files: networks, both optimizers, and `iteration`, the number in the files'
 * names. What they do not hold starts afresh: the random source (from the seed) and the averaged generator.
 * The caller owns the state.
 *
 * @throws CheckpointMismatchError when a file is another one, or does not fit the configuration or the other files
 */
export function stateFromOfficial(files: OfficialFiles, config: TrainingConfig, iteration: number): TrainState {
  const networks = officialNetworks(config);
  const hints = { activation: config.dis.activ, padMode: config.dis.pad_type, norm: config.dis.norm } as const;
  const gen = expect(readCheckpoint(files.gen, { activation: config.gen.activ, padMode: config.gen.pad_type }), 'generator');
  const dis = expect(readCheckpoint(files.dis, hints), 'discriminator');
  const { optimizers } = expect(readCheckpoint(files.optimizer), 'optimizer');
  const genLayout = perDomain((domain) => generatorLayout(gen.architecture, domain));
  const disLayout = perDomain((domain) => discriminatorLayout(dis.architecture, domain));
  const genMoments = nameMoments(optimizers.gen, genLayout);
  const disMoments = nameMoments(optimizers.dis, disLayout);
  const genParams = fromOfficialGenerators(gen, config);
  const disParams = perDomain((domain) => fromOfficial(networks.dis[domain], dis.networks[domain]) as Params);
  const optimizer = adam<PerDomain<Params>>({ beta1: config.beta1, beta2: config.beta2, weightDecay: config.weight_decay });
  const fresh = stateOf(genParams, disParams, optimizer, { rng: new Rng(config.seed), average: config.ema_half_life_images > 0 });
  for (const moments of [fresh.genOptimizer, fresh.disOptimizer]) for (const leaf of [...treeLeaves<Tensor>(moments.m), ...treeLeaves<Tensor>(moments.v)]) leaf.dispose();
  return {
    ...fresh,
    step: iteration,
    genOptimizer: momentsOf(networks.gen, genLayout, genMoments),
    disOptimizer: momentsOf(networks.dis, disLayout, disMoments),
  };
}

/**
 * Both generators of a `gen_*.pt` as a configuration's model takes them; the caller owns them.
 * @throws CheckpointMismatchError when they are of another architecture
 */
export function fromOfficialGenerators({ networks }: GeneratorCheckpoint, config: TrainingConfig): PerDomain<Params> {
  const layers = officialNetworks(config).gen;
  return perDomain((domain) => fromOfficial(layers[domain], networks[domain]) as Params);
}

function expect<K extends Kind>(checkpoint: Checkpoint, kind: K): Extract<Checkpoint, { readonly kind: K }> {
  if (checkpoint.kind !== kind) {
    throw new CheckpointMismatchError(`The file given as ${kind} was read as ${checkpoint.kind}.`, { remedy: 'Give gen_*.pt, dis_*.pt and optimizer.pt of one run, each in its place.' });
  }
  return checkpoint as Extract<Checkpoint, { readonly kind: K }>;
}

/** Adam's state as trees like the parameters. A parameter that was never updated has moments of 0. */
function momentsOf(layers: PerDomain<OfficialLayer>, layout: PerDomain<readonly LayoutEntry[]>, named: NamedAdam): AdamState<PerDomain<Params>> {
  const tree = (domain: Domain, which: 'expAvg' | 'expAvgSq'): Params => {
    const arrays = new Map<string, OfficialTensor>();
    for (const { name, shape, role } of layout[domain]) {
      if (role === 'buffer') continue;
      const moments = named.moments[domain].get(name);
      arrays.set(name, moments?.[which] ?? { shape, data: new Float32Array(shape.reduce((product, n) => product * n, 1)) });
    }
    const whole = fromOfficial(layers[domain], arrays) as Params;
    const trained = trainable(whole);
    const kept = new Set(treeLeaves<Tensor>(trained));
    for (const leaf of treeLeaves<Tensor>(whole)) if (!kept.has(leaf)) leaf.dispose();
    return trained;
  };
  const steps = [...named.moments.a.values(), ...named.moments.b.values()].map(({ step }) => step);
  return {
    m: perDomain((domain) => tree(domain, 'expAvg')),
    v: perDomain((domain) => tree(domain, 'expAvgSq')),
    count: Math.max(0, ...steps),
  };
}
