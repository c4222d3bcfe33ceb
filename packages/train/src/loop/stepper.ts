/** The training step of a run, replayed where the device can capture it. */
import { type CapturedUpdate, type Device, DeviceLostError, emaFactors, type PerDomain, Rng, type Tensor, tensor, treeLeaves, treeUnflatten } from '@munit/core';
import type { ImageBatch } from '@munit/images';
import type { LossTerm } from '@munit/losses';
import type { TrainingConfig } from '../config/schema.js';
import { adamOf } from '../optimizer/adam.js';
import { emaDecay, learningRates } from '../optimizer/schedule.js';
import { stateLeaves, type TrainState, withLeaves } from '../state/state.js';
import { disposeAll, packLosses, type PendingLosses, pendingLosses, unpackLosses } from '../step/losses.js';
import type { Images, Objective, StepNoise } from '../step/objective.js';
import { trainStep } from '../step/step.js';

/** Makes the steps of one run. */
export interface Stepper {
  /** One update. Consumes the state's tensors, as `trainStep` does; its losses are the caller's to read or dispose of. */
  step(state: TrainState, batches: readonly PerDomain<ImageBatch>[]): { readonly state: TrainState; readonly losses: PendingLosses };
  /** Gives back what was captured; the state stays. Another step would capture again. */
  dispose(): void;
}

/** What `createStepper` may be given. */
export interface StepperOptions {
  /** Compute the insides of networks again in the backward pass rather than keep them. Default false. */
  readonly recompute?: boolean | undefined;
  /** The device in use: on `webgpu`, steps are captured where they all are the same work (`Objective.repeats`). Default: none are. */
  readonly device?: Pick<Device, 'name' | 'captureUpdate' | 'memory'> | undefined;
}

/** A captured step, and what its losses are called. */
interface Captured {
  readonly update: CapturedUpdate;
  readonly losses: { readonly places: readonly LossTerm<number>[] };
  /** Of the batches. */
  readonly shapes: string;
}

/** What a device holds with larger images: with them, JavaScript is done long before the GPU, and memory is dear. */
const MOST_BYTES = 2 ** 31;

/** Another tensor for each one of a step, in the order in which a captured step takes them. */
interface StepInputs {
  readonly images: readonly Images[];
  readonly noise: readonly StepNoise[];
  readonly factors: readonly Tensor[];
}

/** The training step with everything filled in that stays the same over a run. The first is made as it is, which builds its programs; the second is captured. */
export function createStepper(config: TrainingConfig, objective: Objective, { recompute = false, device }: StepperOptions = {}): Stepper {
  const adam = adamOf(config);
  const toTensor = ({ data, shape }: ImageBatch): Images['a'] => tensor(data, [...shape]);
  // Elsewhere a replay would be the same work, in more pieces.
  const capturing = objective.repeats === true && device?.name === 'webgpu' ? device : undefined;
  let captured: Captured | undefined;
  let previous: string | undefined;
  let refused = false;

  const letGo = (): void => {
    captured?.update.dispose();
    captured = undefined;
  };

  const direct = (state: TrainState, images: readonly Images[]): ReturnType<Stepper['step']> => {
    const result = trainStep(state, images, { objective, adam, rates: learningRates(state.step, config), emaDecay: emaDecay(state.step, config), recompute });
    return { state: result.state, losses: pendingLosses(result.losses) };
  };

  /** All numbers that change from step to step. The caller disposes of them. */
  const factorsOf = (state: TrainState): Tensor[] => {
    const rates = learningRates(state.step, config);
    const ofOptimizers = (['gen', 'dis'] as const).map((name) => adam.factors(state.optimizers[name] as TrainState['optimizers'][string], rates[name]));
    return [...ofOptimizers, emaFactors(emaDecay(state.step, config))].map((factors) => tensor([...factors]));
  };

  const capture = (on: NonNullable<typeof device>, state: TrainState, shapes: string, inputs: StepInputs): Captured => {
    const losses: { places: readonly LossTerm<number>[] } = { places: [] };
    const update = on.captureUpdate(stateLeaves(state), tensorsOf(inputs), (leaves, given) => {
      const { images, noise, factors } = withTensors(inputs, given);
      const [gen, dis, average] = factors as [Tensor, Tensor, Tensor];
      const result = trainStep(withLeaves(state, leaves), images, { objective, adam, rates: { gen, dis }, emaDecay: average, noise, recompute });
      const { packed, places } = packLosses(result.losses);
      losses.places = places;
      return { state: stateLeaves(result.state), result: packed };
    });
    return { update, losses, shapes };
  };

  /** The captured step for this state and these shapes; undefined where there is none, and none is to be captured now. */
  const capturedFor = (on: NonNullable<typeof device>, state: TrainState, shapes: string, inputs: () => StepInputs): Captured | undefined => {
    if (captured !== undefined && (captured.shapes !== shapes || !captured.update.fits(stateLeaves(state)))) letGo();
    if (captured !== undefined || refused || previous !== shapes || (on.memory().allocatedBytes ?? 0) > MOST_BYTES) return captured;
    try {
      captured = capture(on, state, shapes, inputs());
    } catch (error) {
      // The state is as it was, and the same step is made without: it takes longer, and says itself what is wrong with it.
      if (error instanceof DeviceLostError) throw error;
      refused = true;
    }
    return captured;
  };

  const replayed = (on: NonNullable<typeof device>, state: TrainState, images: readonly Images[]): ReturnType<Stepper['step']> | undefined => {
    const shapes = images.map(({ a, b }) => `${a.shape.join('×')} ${b.shape.join('×')}`).join(', ');
    const rng = Rng.restore(state.rng);
    let inputs: StepInputs | undefined;
    const drawn = (): StepInputs => (inputs ??= { images, noise: images.map((batch) => objective.drawNoise(rng, batch)), factors: factorsOf(state) });
    try {
      const found = capturedFor(on, state, shapes, drawn);
      previous = shapes;
      if (found === undefined) return undefined;
      const { state: leaves, result } = found.update.run(stateLeaves(state), tensorsOf(drawn()));
      const optimizers = Object.fromEntries(Object.entries(state.optimizers).map(([name, { count, ...moments }]) => [name, { ...moments, count: count + 1 }]));
      return { state: withLeaves({ ...state, step: state.step + 1, rng: rng.state(), optimizers }, leaves), losses: unpackLosses(result, found.losses.places) };
    } finally {
      if (inputs !== undefined) disposeAll([...inputs.noise.flatMap(({ drawn: own }) => treeLeaves<Tensor>(own)), ...inputs.factors]);
    }
  };

  return {
    step(state, batches) {
      const images = batches.map(({ a, b }): Images => ({ a: toTensor(a), b: toTensor(b) }));
      try {
        return (capturing === undefined ? undefined : replayed(capturing, state, images)) ?? direct(state, images);
      } finally {
        for (const { a, b } of images) disposeAll([a, b]);
      }
    },
    dispose: letGo,
  };
}

const tensorsOf = ({ images, noise, factors }: StepInputs): Tensor[] => [...images.flatMap(({ a, b }) => [a, b]), ...noise.flatMap(({ drawn }) => treeLeaves<Tensor>(drawn)), ...factors];

/** The same with other tensors in their places. */
function withTensors(inputs: StepInputs, tensors: readonly Tensor[]): StepInputs {
  const left = [...tensors];
  const take = (count: number): Tensor[] => left.splice(0, count);
  const images = inputs.images.map(() => {
    const [a, b] = take(2) as [Images['a'], Images['b']];
    return { a, b };
  });
  const noise = inputs.noise.map((one) => ({ ...one, drawn: treeUnflatten(one.drawn, take(treeLeaves<Tensor>(one.drawn).length)) }));
  return { images, noise, factors: left };
}
