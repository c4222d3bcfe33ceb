/** Adam's moments between PyTorch's order and the networks' names. */
import { CheckpointMismatchError, type PerDomain } from '@munit/core';
import type { TorchTensor } from '../torch/tensor.js';
import { type AdamMoments, type TorchAdamState, parameterOrder } from './adam.js';
import type { LayoutEntry } from './layout.js';

/** Adam's state, parameters by their published names. */
export interface NamedAdam extends Omit<TorchAdamState, 'moments'> {
  /** Per domain, by the parameter's published name; a parameter that was never updated is absent. */
  readonly moments: PerDomain<ReadonlyMap<string, AdamMoments>>;
}

/**
 * Gives each of Adam's moments the name of its parameter. The published trainer lists the parameters of a, then of b.
 * @throws CheckpointMismatchError when their number or a shape differs
 */
export function nameMoments(adam: TorchAdamState, layouts: PerDomain<readonly LayoutEntry[]>): NamedAdam {
  const order = parameterOrder(layouts);
  if (order.length !== adam.moments.length) {
    throw new CheckpointMismatchError(
      `The optimizer knows ${adam.moments.length} parameters, but the networks have ${order.length}.`,
      { remedy: 'Give the optimizer.pt of the same run as the networks.' },
    );
  }
  const moments = { a: new Map<string, AdamMoments>(), b: new Map<string, AdamMoments>() };
  order.forEach(({ domain, entry }, place) => {
    const state = adam.moments[place];
    if (state === undefined) return;
    for (const tensor of [state.expAvg, state.expAvgSq]) checkShape(tensor, domain, entry, place);
    moments[domain].set(entry.name, state);
  });
  return { ...adam, moments };
}

function checkShape(tensor: TorchTensor, domain: string, entry: LayoutEntry, place: number): void {
  if (tensor.shape.join() === entry.shape.join()) return;
  throw new CheckpointMismatchError(
    `The optimizer's parameter ${place} has the shape [${tensor.shape.join(', ')}], but '${entry.name}' of ${domain} has [${entry.shape.join(', ')}].`,
    { remedy: 'Give the optimizer.pt of the same run as the networks.' },
  );
}

/** The other way: moments in the order that the published trainer gives its parameters. */
export function orderMoments(named: NamedAdam, layouts: PerDomain<readonly LayoutEntry[]>): TorchAdamState {
  const moments = parameterOrder(layouts).map(({ domain, entry }, place) => {
    const state = named.moments[domain].get(entry.name);
    if (state !== undefined) {
      for (const tensor of [state.expAvg, state.expAvgSq]) checkShape(tensor, domain, entry, place);
    }
    return state;
  });
  return { ...named, moments };
}
