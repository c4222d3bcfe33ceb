/** An update in the order of MUNIT's and UNIT's published trainers: the discriminators, then the generators. */
import { type Params, record, tidyTree } from '@munit/core';
import { advancePowerIteration, trainable, withState } from '@munit/layers';
import type { Loss } from '@munit/losses';
import type { TrainState } from '../state/state.js';
import { applyGradients } from './applyGradients.js';
import { averageGradients, averageLosses, disposeAll, lossScalars } from './losses.js';
import type { Batch, Images, Objective, StepNoise, UpdateTools } from './objective.js';
import { advance, disposeOldVectors } from './spectral.js';

/** The two losses of a method that encodes, translates and decodes, as functions whose gradients are taken. */
export interface TwoLosses<G extends Params, D extends Params, Codes, Noise extends StepNoise> {
  /** What both losses need of the real images: MUNIT's content codes, UNIT's codes. */
  encode(gen: G, images: Images): Codes;
  /** Translations that the discriminators are to tell from real images: x_ba (a fake of domain a) and x_ab. */
  translate(gen: G, codes: Codes, noise: Noise): Images;
  /**
   * The discriminators' loss. With spectral norm, the passes of the fakes and of the reals have vectors of their own.
   * @param step updates made so far
   */
  discriminatorLoss(disForFakes: D, disForReals: D, fakes: Images, reals: Images, noise: Noise, step: number): Loss;
  /** The generators' loss; `codes` as `encode` gave them under the same gradient. */
  generatorLoss(gen: G, dis: D, images: Images, codes: Codes, noise: Noise): Loss;
}

/**
 * One update of the discriminators on all batches, then one of the generators on all.
 *
 * The codes of the first batch are computed once, under the generators' recording, and serve both: the generators do not change in
 * between, and the discriminators' loss does not differentiate them. (The published step encodes twice.) With several batches, those
 * of the others are computed again rather than held, so that memory does not grow with their number.
 */
export function discriminatorsFirst<G extends Params, D extends Params, Codes, Noise extends StepNoise>(
  losses: TwoLosses<G, D, Codes, Noise>,
): Objective<G, D, Noise>['update'] {
  return (state, batches, tools) => {
    const [{ images }] = batches as readonly [Batch<Noise>];
    // The generators' vectors of spectral norm, where they have it, advance once in a step.
    const current = advance(state.gen);
    const trained = trainable(current);
    const first = record(trained, tools);
    try {
      const codes = first.run((gen) => losses.encode(withState(gen, current), images));

      // The discriminators
      const pairs = batches.map((batch, i) => {
        const fakes = tidyTree(() => losses.translate(current, i === 0 ? codes : losses.encode(current, batch.images), batch.noise));
        return { ...batch, fakes };
      });
      const half = updateDiscriminators(state, pairs, losses, tools);
      for (const { fakes } of pairs) disposeAll([fakes.a, fakes.b]);

      // The generators
      let { dis } = half;
      const results = batches.map((batch, i) => {
        dis = advance(dis);
        const recording = i === 0 ? first : record(trained, tools);
        const loss = recording.run((own) => {
          const gen = withState(own, current);
          return losses.generatorLoss(gen, dis, batch.images, i === 0 ? codes : losses.encode(gen, batch.images), batch.noise);
        });
        return { gradients: recording.backward(loss.total, lossScalars(loss)), loss };
      });
      const gradients = averageGradients(results.map((result) => result.gradients));
      const { params, optimizer } = applyGradients(state, 'gen', trained, gradients, tools.rates.gen, tools);
      return {
        state: { ...state, gen: withState(params, current), dis, optimizers: { ...state.optimizers, dis: half.optimizer, gen: optimizer } },
        losses: [half.loss, averageLosses(results.map(({ loss }) => loss))],
      };
    } finally {
      first.dispose();
    }
  };
}

interface UpdatedDiscriminators<D> {
  /** Updated parameters, with spectral norm's vectors as the last forward pass left them. */
  readonly dis: D;
  readonly optimizer: TrainState['optimizers'][string];
  readonly loss: Loss;
}

function updateDiscriminators<G extends Params, D extends Params, Noise extends StepNoise>(
  state: TrainState<G, D>,
  batches: readonly (Batch<Noise> & { readonly fakes: Images })[],
  { discriminatorLoss }: Pick<TwoLosses<G, D, unknown, Noise>, 'discriminatorLoss'>,
  tools: UpdateTools,
): UpdatedDiscriminators<D> {
  const trained = trainable(state.dis);
  let latest = state.dis;
  const results = batches.map(({ images: reals, fakes, noise }) => {
    const forFakes = advancePowerIteration(latest);
    const forReals = advancePowerIteration(forFakes);
    const recording = record(trained, tools);
    const loss = recording.run((dis) => discriminatorLoss(withState(dis, forFakes), withState(dis, forReals), fakes, reals, noise, state.step));
    const gradients = recording.backward(loss.total, lossScalars(loss));
    // Spectral norm's vectors of earlier passes have served.
    disposeOldVectors([latest, forFakes], forReals);
    latest = forReals;
    return { gradients, loss };
  });
  const gradients = averageGradients(results.map((result) => result.gradients));
  const { params, optimizer } = applyGradients(state, 'dis', trained, gradients, tools.rates.dis, tools);
  return { dis: withState(params, latest), optimizer, loss: averageLosses(results.map(({ loss }) => loss)) };
}
