/** The files of MUNIT's and UNIT's published trainer: `gen_*.pt`, `dis_*.pt` and `optimizer.pt`, read and written. */
import { CheckpointMismatchError, ConfigError, type Domain, domains, type Params, type PerDomain, perDomain, Rng, type Tensor, treeLeaves } from '@munit/core';
import {
  type AdamMoments,
  type Checkpoint,
  discriminatorLayout,
  float32Tensor,
  type GeneratorCheckpoint,
  type GeneratorsArchitecture,
  generatorLayer,
  generatorLayout,
  type LayoutEntry,
  type TorchAdamState,
  type NamedAdam,
  nameMoments,
  orderMoments,
  readCheckpoint,
  requirePublished,
  type Weights,
  writeNetworks,
  writeOptimizers,
} from '@munit/formats';
import { fromOfficial, type OfficialLayer, type OfficialTensor, toOfficial, trainable, withoutSpectralNorm } from '@munit/layers';
import type { TrainingConfig } from '../../config/schema.js';
import { adamOf, type AdamState } from '../../optimizer/adam.js';
import { learningRates } from '../../optimizer/schedule.js';
import { stateAround, type TrainState } from '../../state/state.js';
import type { ModelExport, Networks, PublishedFiles, PublishedFormat, PublishedNetwork } from '../method.js';
import { discriminatorsArchitecture } from '../../config/architectures.js';
import type { Discriminators, DiscriminatorsParams } from './discriminators.js';

/** Networks that the published trainer's files hold: one generator and one discriminator per domain. */
interface PublishedNetworks<G extends PerDomain<Params>> extends Networks<G, DiscriminatorsParams> {
  readonly generators: PerDomain<OfficialLayer>;
  readonly discriminators: Discriminators;
}

type ArchitectureOf = (config: TrainingConfig) => GeneratorsArchitecture;
type Layouts = PerDomain<readonly LayoutEntry[]>;
type Role = 'generator' | 'discriminator' | 'optimizer';

/** What the published trainer's `save` writes, of a method with these generators. */
export function publishedFormat<G extends PerDomain<Params>>(architectureOf: ArchitectureOf): PublishedFormat<PublishedNetworks<G>, G, DiscriminatorsParams> {
  const readGenerators = (files: PublishedFiles, { generators }: PublishedNetworks<G>, config: TrainingConfig): G => {
    const { networks } = generatorFile(files, config);
    // What a layer reads from its official names is its own parameters.
    return perDomain((domain): Params => fromOfficial(generators[domain], networks[domain])) as G;
  };
  return {
    roles: ['gen', 'dis', 'optimizer'],
    networks: ({ generators, discriminators }) => [
      ...domains.map((key): PublishedNetwork => ({ name: `gen_${key}`, part: 'gen', key, layer: generators[key] })),
      ...domains.map((key): PublishedNetwork => ({ name: `dis_${key}`, part: 'dis', key, layer: discriminators[key] })),
    ],
    readGenerators,
    read: (files, networks, config, iteration) => {
      requirePublishedTraining(architectureOf(config), config);
      const { generators, discriminators } = networks;
      const hints = { activation: config.dis.activ, padMode: config.dis.pad_type, norm: config.dis.norm } as const;
      const gen = generatorFile(files, config);
      const dis = expect(readCheckpoint(given(files, 'dis'), hints), 'discriminator');
      const { optimizers } = expect(readCheckpoint(given(files, 'optimizer')), 'optimizer');
      const layouts = {
        gen: perDomain((domain) => generatorLayout(gen.architecture, domain)),
        dis: perDomain((domain) => discriminatorLayout(dis.architecture, domain)),
      };
      const moments = { gen: nameMoments(optimizers.gen, layouts.gen), dis: nameMoments(optimizers.dis, layouts.dis) };
      const fresh = stateAround(
        {
          gen: readGenerators(files, networks, config),
          dis: perDomain((domain) => fromOfficial(discriminators[domain], dis.networks[domain])),
        },
        { optimizers: {}, average: config.ema_half_life_images > 0, adam: adamOf(config), rng: new Rng(config.seed) },
      );
      return {
        ...fresh,
        step: iteration,
        optimizers: { gen: readMoments(generators, layouts.gen, moments.gen), dis: readMoments(discriminators, layouts.dis, moments.dis) },
      };
    },
    write: async (state, { generators, discriminators }, config, { weights = 'trained' }) => {
      requirePublishedTraining(architectureOf(config), config);
      const layouts = layoutsOf(architectureOf(config), config);
      const rates = learningRates(state.step, config);
      const gen = weights === 'average' ? (state.ema ?? state.gen) : state.gen;
      return {
        gen: writeNetworks(await stateDicts(generators, layouts.gen, gen)),
        dis: writeNetworks(await stateDicts(discriminators, layouts.dis, state.dis)),
        optimizer: writeOptimizers({
          gen: await writeMoments(generators, layouts.gen, optimizerOf(state, 'gen'), config, { lr: rates.gen, initialLr: config.lr }),
          dis: await writeMoments(discriminators, layouts.dis, optimizerOf(state, 'dis'), config, { lr: rates.dis, initialLr: config.lr_dis ?? config.lr }),
        }),
      };
    },
  };
}

/** How a model of these generators holds their weights. */
export function publishedWeights<G extends PerDomain<Params>>(architectureOf: ArchitectureOf): ModelExport<PublishedNetworks<G>, G>['weights'] {
  return async (gen, { generators }, config) => {
    const architecture = architectureOf(config);
    const layouts = generatorLayouts(architecture);
    if (!config.gen.spectral_norm) return stateDicts(generators, layouts, gen);
    // A model has the weights that its layers use, so that nobody needs to know of spectral norm.
    const plain = withoutSpectralNorm(gen);
    try {
      return await stateDicts(perDomain((domain) => generatorLayer(architecture, domain)), layouts, plain);
    } finally {
      for (const leaf of treeLeaves<Tensor>(plain)) leaf.dispose();
    }
  };
}

/** @throws ConfigError where the published trainer has no networks like these */
function requirePublishedTraining(architecture: GeneratorsArchitecture, { gen, dis }: TrainingConfig): void {
  requirePublished(architecture);
  const names = [...(gen.spectral_norm ? ['gen.spectral_norm'] : []), ...(dis.global ? ['dis.global'] : [])];
  if (names.length === 0) return;
  throw new ConfigError(`The published trainer has no networks with ${names.join(' and ')}, so that a training state with them has no place in its files.`, {
    remedy: "Continue from munit's own checkpoints, or export the generators as a model.",
  });
}

const generatorFile = (files: PublishedFiles, { gen }: TrainingConfig): GeneratorCheckpoint =>
  expect(readCheckpoint(given(files, 'gen'), { activation: gen.activ, padMode: gen.pad_type }), 'generator');

function given(files: PublishedFiles, role: string): Uint8Array {
  const file = files[role];
  if (file === undefined) throw new CheckpointMismatchError(`The file '${role}' is required.`, { remedy: 'Give gen_*.pt, dis_*.pt and optimizer.pt of one run as gen, dis and optimizer.' });
  return file;
}

function expect<R extends Role>(checkpoint: Checkpoint, role: R): Extract<Checkpoint, { readonly kind: R }> {
  if (checkpoint.kind !== role) {
    throw new CheckpointMismatchError(`The file given as ${role} was read as ${checkpoint.kind}.`, { remedy: 'Give gen_*.pt, dis_*.pt and optimizer.pt of one run, each in its place.' });
  }
  return checkpoint as Extract<Checkpoint, { readonly kind: R }>;
}

const generatorLayouts = (architecture: GeneratorsArchitecture): Layouts => perDomain((domain) => generatorLayout(architecture, domain));

function layoutsOf(architecture: GeneratorsArchitecture, config: TrainingConfig): { readonly gen: Layouts; readonly dis: Layouts } {
  const dis = discriminatorsArchitecture(config);
  return { gen: generatorLayouts(architecture), dis: perDomain((domain) => discriminatorLayout(dis, domain)) };
}

/** With the buffers that PyTorch's strict loading expects. */
async function stateDicts(layers: PerDomain<OfficialLayer>, layouts: Layouts, params: PerDomain<Params>): Promise<PerDomain<Weights>> {
  const of = async (domain: Domain): Promise<Weights> => {
    const arrays = await toOfficial(layers[domain], params[domain]);
    return new Map(
      layouts[domain].map(({ name, shape, initial }) => {
        const found = arrays.get(name);
        const data = found === undefined ? new Float32Array(sizeOfShape(shape)).fill(initial) : Float32Array.from(found.data);
        return [name, float32Tensor([...shape], data)];
      }),
    );
  };
  return { a: await of('a'), b: await of('b') };
}

/** Adam's state as trees like the trained parameters. A parameter that was never updated has moments of 0. */
function readMoments(layers: PerDomain<OfficialLayer>, layouts: Layouts, named: NamedAdam): AdamState {
  const tree = (domain: Domain, which: 'expAvg' | 'expAvgSq'): Params => {
    const arrays = new Map<string, OfficialTensor>();
    for (const { name, shape, role } of layouts[domain]) {
      if (role === 'buffer') continue;
      const moments = named.moments[domain].get(name);
      arrays.set(name, moments?.[which] ?? { shape, data: new Float32Array(sizeOfShape(shape)) });
    }
    const whole: Params = fromOfficial(layers[domain], arrays);
    const trained = trainable(whole);
    const kept = new Set(treeLeaves<Tensor>(trained));
    for (const leaf of treeLeaves<Tensor>(whole)) if (!kept.has(leaf)) leaf.dispose();
    return trained;
  };
  const steps = [...named.moments.a.values(), ...named.moments.b.values()].map(({ step }) => step);
  return { m: perDomain((domain) => tree(domain, 'expAvg')), v: perDomain((domain) => tree(domain, 'expAvgSq')), count: Math.max(0, ...steps) };
}

/** The moments of a published method's optimizer: trees of both domains. */
type DomainMoments = { readonly m: PerDomain<Params>; readonly v: PerDomain<Params>; readonly count: number };

const optimizerOf = ({ optimizers }: TrainState, name: 'gen' | 'dis'): DomainMoments => optimizers[name] as DomainMoments;

async function writeMoments(
  layers: PerDomain<OfficialLayer>,
  layouts: Layouts,
  { m, v, count }: DomainMoments,
  { beta1, beta2, weight_decay: weightDecay }: TrainingConfig,
  rates: { readonly lr: number; readonly initialLr: number },
): Promise<TorchAdamState> {
  const of = async (domain: Domain): Promise<Map<string, AdamMoments>> => {
    const [first, second] = [await toOfficial(layers[domain], m[domain]), await toOfficial(layers[domain], v[domain])];
    const moments = new Map<string, AdamMoments>();
    for (const [name, { shape, data }] of first) {
      const squares = second.get(name)?.data ?? new Float32Array(data.length);
      moments.set(name, { step: count, expAvg: float32Tensor([...shape], Float32Array.from(data)), expAvgSq: float32Tensor([...shape], Float32Array.from(squares)) });
    }
    return moments;
  };
  return orderMoments({ ...rates, betas: [beta1, beta2], eps: 1e-8, weightDecay, moments: { a: await of('a'), b: await of('b') } }, layouts);
}

const sizeOfShape = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);
