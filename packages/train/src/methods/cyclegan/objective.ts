/** CycleGAN's step (`cycle_gan_model.py`): the generators first, then the discriminators, which are shown past translations too. */
import { type Domain, otherDomain, type PerDomain, perDomain, record, type Rng, type Tensor, tensor, type Tensor2D, type Tensor4D } from '@munit/core';
import { cycleGanDiscriminatorLoss, cycleGanGeneratorLoss, type Loss } from '@munit/losses';
import type { TrainingConfig } from '../../config/schema.js';
import type { TrainState } from '../../state/state.js';
import { applyGradients } from '../../step/applyGradients.js';
import { averageGradients, averageLosses, disposeAll, lossScalars } from '../../step/losses.js';
import type { Batch, Images, Objective, RecordedNoise, StepNoise, UpdateTools } from '../../step/objective.js';
import { drawAugmentations, type StepAugmentations } from '../shared/augmentations.js';
import { inOneBatch } from '../shared/inOneBatch.js';
import type { CycleGanDiscriminatorsParams, CycleGanNetworks, CycleGanParams } from './networks.js';
import { queryPool } from './pool.js';

/** Noise of both generators, each named by the domain that it makes images of. */
type Noises = PerDomain<Tensor2D>;

/** What a step of CycleGAN draws: nothing, or the noise of each use of the generators. */
export interface CycleGanNoise extends StepNoise {
  readonly drawn: { readonly fakes?: Noises; readonly cycles?: Noises; readonly identities?: Noises };
  readonly augment: StepAugmentations | undefined;
}

type State = TrainState<CycleGanParams, CycleGanDiscriminatorsParams>;

/** The domain whose images a translation shows names it: `fakes.b` is G_A(x_a). */
export function cycleGanObjective(networks: CycleGanNetworks, config: TrainingConfig): Objective<CycleGanParams, CycleGanDiscriminatorsParams, CycleGanNoise> {
  const gan = config.dis.gan_type;

  /** The generators' loss on a batch, and the translations that the discriminators are to judge. */
  const generatorLoss = (gen: CycleGanParams, dis: CycleGanDiscriminatorsParams, { images, noise: { drawn, augment } }: Batch<CycleGanNoise>, rng: Rng): { readonly loss: Loss; readonly fakes: Images } => {
    const made = perDomain((domain) => firstPass(domain, gen, images, drawn, rng));
    const fakes = perDomain((domain) => made[domain].fake);
    const cycles = perDomain((domain) => networks.translate(gen, domain, fakes[otherDomain(domain)], drawn.cycles?.[domain], rng));
    const identities = config.lambda_identity === 0 ? undefined : perDomain((domain) => made[domain].identity as Tensor4D);
    const scores = perDomain((domain) => networks.discriminators[domain].apply(dis[domain], augment === undefined ? fakes[domain] : augment.gen[domain](fakes[domain])));
    return { loss: cycleGanGeneratorLoss({ images, cycles, identities, scores }, { gan, weights: config }), fakes };
  };

  /** The translation into `domain`, and where it is weighted the image of that domain through the same generator. */
  const firstPass = (domain: Domain, gen: CycleGanParams, images: Images, drawn: CycleGanNoise['drawn'], rng: Rng): { readonly fake: Tensor4D; readonly identity: Tensor4D | undefined } => {
    const translate = (x: Tensor4D, noise?: Tensor2D): Tensor4D[] => [networks.translate(gen, domain, x, noise, rng)];
    const source = images[otherDomain(domain)];
    if (config.lambda_identity === 0) return { fake: translate(source, drawn.fakes?.[domain])[0] as Tensor4D, identity: undefined };
    const [first, second] = [drawn.fakes, drawn.identities];
    const [fake, identity] =
      first === undefined || second === undefined
        ? inOneBatch((x: Tensor4D) => translate(x), [source], [images[domain]])
        : inOneBatch((x: Tensor4D, noise: Tensor2D) => translate(x, noise), [source, first[domain]] as [Tensor4D, Tensor2D], [images[domain], second[domain]] as [Tensor4D, Tensor2D]);
    return { fake: fake[0] as Tensor4D, identity: identity[0] as Tensor4D };
  };

  const discriminatorLoss = (dis: CycleGanDiscriminatorsParams, fakes: Images, reals: Images, augment: StepAugmentations | undefined): Loss => {
    const scores = perDomain((domain) => {
      const [fake, real] = augment === undefined ? [fakes[domain], reals[domain]] : [augment.fakes[domain](fakes[domain]), augment.reals[domain](reals[domain])];
      return inOneBatch((x: Tensor4D) => networks.discriminators[domain].apply(dis[domain], x), [fake], [real]);
    });
    return cycleGanDiscriminatorLoss({ fakes: perDomain((domain) => scores[domain][0]), reals: perDomain((domain) => scores[domain][1]) }, { gan, weights: config });
  };

  const updateGenerators = (state: State, batches: readonly Batch<CycleGanNoise>[], tools: UpdateTools) => {
    const results = batches.map((batch) => {
      const recording = record(state.gen, { recompute: tools.recompute });
      try {
        const { loss, fakes } = recording.run((gen) => generatorLoss(gen, state.dis, batch, tools.rng));
        return { gradients: recording.backward(loss.total, [...lossScalars(loss), fakes.a, fakes.b]), loss, fakes };
      } finally {
        recording.dispose();
      }
    });
    const updated = applyGradients(state, 'gen', state.gen, averageGradients(results.map(({ gradients }) => gradients)), tools.rates.gen, tools);
    return { ...updated, loss: averageLosses(results.map(({ loss }) => loss)), fakes: results.map(({ fakes }) => fakes) };
  };

  const updateDiscriminators = (state: State, batches: readonly Batch<CycleGanNoise>[], fakes: readonly Images[], tools: UpdateTools) => {
    const pools = new Pools(state.own, config.pool_size);
    const results = batches.map(({ images, noise }, i) => {
      const shown = pools.show(fakes[i] as Images, tools.rng);
      const recording = record(state.dis, { recompute: tools.recompute });
      try {
        const loss = recording.run((dis) => discriminatorLoss(dis, shown, images, noise.augment));
        return { gradients: recording.backward(loss.total, lossScalars(loss)), loss };
      } finally {
        recording.dispose();
        disposeAll([shown.a, shown.b]);
      }
    });
    const updated = applyGradients(state, 'dis', state.dis, averageGradients(results.map(({ gradients }) => gradients)), tools.rates.dis, tools);
    return { ...updated, loss: averageLosses(results.map(({ loss }) => loss)), own: pools.own() };
  };

  return {
    drawNoise: (rng, images) => ({ drawn: drawNoises(rng, images, config), augment: drawAugmentations(rng, config, images) }),
    recordedNoise: ({ gen }: RecordedNoise) => ({ drawn: recordedNoises(gen), augment: undefined }),
    update: (state, batches, tools) => {
      const gen = updateGenerators(state, batches, tools);
      const dis = updateDiscriminators(state, batches, gen.fakes, tools);
      for (const { a, b } of gen.fakes) disposeAll([a, b]);
      return {
        state: { ...state, gen: gen.params, dis: dis.params, optimizers: { ...state.optimizers, gen: gen.optimizer, dis: dis.optimizer }, own: dis.own },
        losses: [gen.loss, dis.loss],
      };
    },
  };
}

/** The pools of both domains' translations, by the names that they have in a state. */
class Pools {
  readonly #size: number;
  readonly #pools: { a: Tensor4D | undefined; b: Tensor4D | undefined };

  constructor(own: Readonly<Record<string, Tensor>>, size: number) {
    this.#size = size;
    // A state's pools are images.
    this.#pools = { a: own['pool_a'] as Tensor4D | undefined, b: own['pool_b'] as Tensor4D | undefined };
  }

  /** What the discriminators see in place of new translations; the caller owns it. */
  show(fakes: Images, rng: Rng): Images {
    return perDomain((domain) => {
      const { shown, pool } = queryPool(this.#pools[domain], fakes[domain], this.#size, rng);
      this.#pools[domain] = pool;
      return shown;
    });
  }

  own(): Record<string, Tensor> {
    return Object.fromEntries(Object.entries(this.#pools).flatMap(([domain, pool]) => (pool === undefined ? [] : [[`pool_${domain}`, pool]])));
  }
}

/** Standard normal noise for each use of each generator, where they take noise. The caller owns it. */
function drawNoises(rng: Rng, images: Images, { gen: { style_dim: dim }, lambda_identity }: TrainingConfig): CycleGanNoise['drawn'] {
  if (dim === 0) return {};
  const noises = (countOf: (domain: Domain) => number): Noises => perDomain((domain) => tensor(rng.normals(countOf(domain) * dim), [countOf(domain), dim]));
  const [own, others] = [(domain: Domain): number => images[domain].shape[0], (domain: Domain): number => images[otherDomain(domain)].shape[0]];
  return { fakes: noises(others), cycles: noises(own), ...(lambda_identity === 0 ? {} : { identities: noises(own) }) };
}

/** The same in the order in which the generators are used: G_A, G_B of the translations, of the cycles, of the identities. */
function recordedNoises(recorded: readonly Tensor[]): CycleGanNoise['drawn'] {
  const pair = (first: number): Noises => ({ b: recorded[first] as Tensor2D, a: recorded[first + 1] as Tensor2D });
  return {
    ...(recorded.length < 2 ? {} : { fakes: pair(0) }),
    ...(recorded.length < 4 ? {} : { cycles: pair(2) }),
    ...(recorded.length < 6 ? {} : { identities: pair(4) }),
  };
}
