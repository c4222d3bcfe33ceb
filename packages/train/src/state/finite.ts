/** The watch over NaN and infinity. */
import { add, meanAbsoluteDifference, NonFiniteError, type Scalar, type Tensor, tidy, treeEntries } from '@munit/core';
import { stateLeaves, type TrainState } from './state.js';

/** What is not finite, and its value. */
export interface NonFinite {
  /** A loss term's published name, or a tensor's place in the state: `gen.a.decoder.last.weight`. */
  readonly where: string;
  /** NaN or an infinity. */
  readonly value: number;
}

/** The first term that is not finite, by published names; undefined when all are. */
export function findNonFiniteTerm(terms: Readonly<Record<string, number>>): NonFinite | undefined {
  for (const [where, value] of Object.entries(terms)) if (!Number.isFinite(value)) return { where, value };
  return undefined;
}

/** 0 where all values of a state are finite, NaN otherwise: a scalar on the device, the caller's. */
export function finiteness(state: TrainState): Scalar {
  const leaves = stateLeaves(state).filter(({ size }) => size > 0);
  // x − x is 0 where x is finite and NaN elsewhere, whatever the magnitude: no sum can overflow.
  return tidy(() => leaves.map((x) => meanAbsoluteDifference(x, x)).reduce((sum, term) => add(sum, term)));
}

/**
 * The first value of a state that is not finite: of its parameters, moments, average and whatever else it holds. Undefined when all
 * are finite, which takes one pass over the state on the device, and one number read back.
 */
export async function findNonFinite(state: TrainState): Promise<NonFinite | undefined> {
  const measured = finiteness(state);
  const [value] = await measured.data();
  measured.dispose();
  if (value === 0) return undefined;
  const { gen, dis, optimizers, ema, own } = state;
  const moments = Object.fromEntries(Object.entries(optimizers).map(([name, { m, v }]) => [name, { m, v }]));
  for (const { path, leaf } of treeEntries<Tensor>({ gen, dis, optimizers: moments, ...(ema === undefined ? {} : { ema }), own })) {
    const broken = (await leaf.data()).find((x) => !Number.isFinite(x));
    if (broken !== undefined) return { where: path, value: broken };
  }
  return { where: 'state', value: NaN };
}

/** The error of a run that cannot continue: nothing could be restored, or it `restored` a state before and broke again. */
export function nonFiniteError({ where, value }: NonFinite, step: number, restored: boolean): NonFiniteError {
  const what = where.startsWith('loss_') ? `The loss term '${where}'` : `The training state at '${where}'`;
  return new NonFiniteError(`${what} is ${value} at step ${step}, ${restored ? 'for the second time in this run' : 'and there is no good state to go back to'}.`, {
    remedy: 'Lower the learning rate (lr, lr_dis), look for broken images (`munit data check`), or resume from an earlier checkpoint.',
  });
}

/** Lets no state out that is not finite. @throws NonFiniteError */
export async function requireFinite(state: TrainState): Promise<void> {
  const broken = await findNonFinite(state);
  if (broken === undefined) return;
  throw new NonFiniteError(`The training state at '${broken.where}' is ${broken.value} at step ${state.step}, so it is not saved or exported.`, {
    remedy: 'Use the last checkpoint, or lower the learning rate (lr, lr_dis).',
  });
}
