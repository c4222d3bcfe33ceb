/**
 * BicycleGAN's step (`bicycle_gan_model.py`) on paired batches: the first half is encoded and translated, the second half gives the real
 * images of the random branch. The generator and the encoder first, then the discriminators.
 */
import { concatChannels, record, type Rng, sampleGaussian, scale, sliceBatch, type Tensor, tensor, type Tensor2D, type Tensor4D, tidy, treeLeaves, treeUpdate } from '@munit/core';
import { bicycleGanDiscriminatorLoss, bicycleGanLoss, bicycleGanStyleTerm, type JudgedPair, type Loss, weightedLoss } from '@munit/losses';
import type { DiscriminatorParams, LatentEncoderParams, PatchDiscriminator } from '@munit/layers';
import type { TrainingConfig } from '../../config/schema.js';
import type { TrainState } from '../../state/state.js';
import { applyGradients } from '../../step/applyGradients.js';
import { averageGradients, averageLosses, disposeAll, lossScalars } from '../../step/losses.js';
import type { Batch, Images, Objective, RecordedNoise, StepNoise, UpdateTools } from '../../step/objective.js';
import { inOneBatch } from '../shared/inOneBatch.js';
import type { BicycleGanDiscriminatorsParams, BicycleGanNetworks, BicycleGanParams } from './networks.js';

/** What a step of BicycleGAN draws for half a batch: ε of the encoded styles, and the random styles, [N / 2, nz]. */
export interface BicycleGanNoise extends StepNoise {
  readonly drawn: { readonly encoded: Tensor2D; readonly random: Tensor2D };
}

/** The four parts of a paired batch. */
interface Halves {
  readonly source: Tensor4D;
  readonly target: Tensor4D;
  /** The pairs of the random branch: the published code judges them against translations of `source`. */
  readonly otherSource: Tensor4D;
  readonly otherTarget: Tensor4D;
}

type State = TrainState<BicycleGanParams, BicycleGanDiscriminatorsParams>;

/** Translations in the encoded and in the random style. */
interface Fakes {
  readonly encoded: Tensor4D;
  readonly random: Tensor4D;
}

export function bicycleGanObjective(networks: BicycleGanNetworks, config: TrainingConfig): Objective<BicycleGanParams, BicycleGanDiscriminatorsParams, BicycleGanNoise> {
  const gan = config.dis.gan_type;
  const { lambda_GAN, lambda_GAN2, lambda_z, conditional_D: conditional } = config;
  const judgeOf = (which: 'D' | 'D2', dis: BicycleGanDiscriminatorsParams): { readonly network: PatchDiscriminator; readonly params: DiscriminatorParams } =>
    which === 'D2' && networks.D2 !== undefined ? { network: networks.D2, params: dis['D2'] as DiscriminatorParams } : { network: networks.D, params: dis.D };
  /** A discriminator's scores; at a single scale the published loss sums over samples, which become a list. */
  const listed = (maps: readonly Tensor4D[]): Tensor4D[] =>
    maps.length > 1 ? [...maps] : maps.flatMap((map) => Array.from({ length: map.shape[0] }, (_, i) => sliceBatch(map, i, 1)));
  const scored = ({ network, params }: ReturnType<typeof judgeOf>, seen: Tensor4D): Tensor4D[] => listed(network.apply(params, seen));
  const withSource = (image: Tensor4D, source: Tensor4D): Tensor4D => (conditional ? concatChannels([source, image]) : image);

  /** The loss of generator and encoder; `fixedEncoder` has the encoder's values and no gradient. */
  const generatorLoss = (
    gen: BicycleGanParams,
    fixedEncoder: LatentEncoderParams,
    dis: BicycleGanDiscriminatorsParams,
    { source, target }: Halves,
    { encoded: epsilon, random: style }: BicycleGanNoise['drawn'],
    rng: Rng,
  ): { readonly loss: Loss; readonly fakes: Fakes } => {
    const [mean, logVariance] = networks.encoder.encode(gen.E, target);
    const found = sampleGaussian(mean, logVariance, epsilon);
    const [[encoded], [random]] = inOneBatch((x: Tensor4D, z: Tensor2D) => [networks.translate(gen, x, z, rng)], [source, found] as [Tensor4D, Tensor2D], [source, style] as [Tensor4D, Tensor2D]) as [[Tensor4D], [Tensor4D]];
    const scores = lambda_GAN === 0 ? undefined : scored(judgeOf('D', dis), withSource(encoded, source));
    const randomScores = lambda_GAN2 === 0 ? undefined : scored(judgeOf('D2', dis), withSource(random, source));
    const { terms } = bicycleGanLoss({ encoded, target, mean, logVariance, scores, randomScores }, { gan, weights: config });
    const styleTerms = lambda_z === 0 ? [] : [bicycleGanStyleTerm(networks.encoder.encode(fixedEncoder, random)[0], style, config)];
    return { loss: weightedLoss('generator', [...terms, ...styleTerms]), fakes: { encoded, random } };
  };

  const discriminatorLoss = (dis: BicycleGanDiscriminatorsParams, { source, target, otherSource, otherTarget }: Halves, { encoded, random }: Fakes): Loss => {
    const pair = (which: 'D' | 'D2', fake: Tensor4D, real: Tensor4D): JudgedPair => {
      const judge = judgeOf(which, dis);
      const [fakes, reals] = inOneBatch((x: Tensor4D) => judge.network.apply(judge.params, x), [fake], [real]);
      return { fakes: listed(fakes), reals: listed(reals) };
    };
    return bicycleGanDiscriminatorLoss(
      {
        encoded: lambda_GAN === 0 ? undefined : pair('D', withSource(encoded, source), withSource(target, source)),
        random: lambda_GAN2 === 0 ? undefined : pair('D2', withSource(random, source), withSource(otherTarget, otherSource)),
      },
      { gan },
    );
  };

  const updateGenerators = (state: State, batches: readonly { readonly halves: Halves; readonly noise: BicycleGanNoise }[], tools: UpdateTools) => {
    const fixedEncoder = treeUpdate<Tensor, LatentEncoderParams>(state.gen.E, (leaf) => tidy(() => scale(leaf, 1)));
    const results = batches.map(({ halves, noise }) => {
      const recording = record(state.gen, { recompute: tools.recompute });
      try {
        const { loss, fakes } = recording.run((gen) => generatorLoss(gen, fixedEncoder, state.dis, halves, noise.drawn, tools.rng));
        return { gradients: recording.backward(loss.total, [...lossScalars(loss), fakes.encoded, fakes.random]), loss, fakes };
      } finally {
        recording.dispose();
      }
    });
    disposeAll(treeLeaves<Tensor>(fixedEncoder));
    const updated = applyGradients(state, 'gen', state.gen, averageGradients(results.map(({ gradients }) => gradients)), tools.rates.gen, tools);
    return { ...updated, loss: averageLosses(results.map(({ loss }) => loss)), fakes: results.map(({ fakes }) => fakes) };
  };

  const updateDiscriminators = (state: State, batches: readonly { readonly halves: Halves; readonly fakes: Fakes }[], tools: UpdateTools) => {
    const results = batches.map(({ halves, fakes }) => {
      const recording = record(state.dis, { recompute: tools.recompute });
      try {
        const loss = recording.run((dis) => discriminatorLoss(dis, halves, fakes));
        return { gradients: recording.backward(loss.total, lossScalars(loss)), loss };
      } finally {
        recording.dispose();
      }
    });
    const updated = applyGradients(state, 'dis', state.dis, averageGradients(results.map(({ gradients }) => gradients)), tools.rates.dis, tools);
    return { ...updated, loss: averageLosses(results.map(({ loss }) => loss)) };
  };

  return {
    drawNoise: (rng, images) => {
      const count = halfOf(images);
      const codes = (): Tensor2D => tensor(rng.normals(count * config.gen.style_dim), [count, config.gen.style_dim]);
      return { drawn: { encoded: codes(), random: codes() } };
    },
    recordedNoise: ({ gen: [encoded, random] }: RecordedNoise) => ({ drawn: { encoded: encoded as Tensor2D, random: random as Tensor2D } }),
    update: (state, batches: readonly Batch<BicycleGanNoise>[], tools) => {
      const halved = batches.map(({ images, noise }) => ({ halves: halve(images), noise }));
      const gen = updateGenerators(state, halved, tools);
      const dis = updateDiscriminators(state, halved.map(({ halves }, i) => ({ halves, fakes: gen.fakes[i] as Fakes })), tools);
      for (const { encoded, random } of gen.fakes) disposeAll([encoded, random]);
      for (const { halves } of halved) disposeAll(Object.values(halves));
      return {
        state: { ...state, gen: gen.params, dis: dis.params, optimizers: { ...state.optimizers, gen: gen.optimizer, dis: dis.optimizer } },
        losses: [gen.loss, dis.loss],
      };
    },
  };
}

const halfOf = ({ a }: Images): number => a.shape[0] / 2;

/** Both halves of a paired batch; the caller owns them. */
function halve({ a, b }: Images): Halves {
  const count = a.shape[0] / 2;
  const part = (x: Tensor4D, from: number): Tensor4D => tidy(() => scale(sliceBatch(x, from, count), 1));
  return { source: part(a, 0), target: part(b, 0), otherSource: part(a, count), otherTarget: part(b, count) };
}
