/**
 * A batch norm's running averages: part of the parameters, beside its scale and shift under the key `running`, but not trained.
 *
 * PyTorch changes them in each forward pass of training. Here a run collects what they become, and a function puts that in their place:
 *
 * const running: RunningUpdates = new Map();
 * const { grads } = valueAndGrad((trained) => loss(net.apply(withState(trained, params), x, { running })), trainable(params));
 * const next = withRunningStatistics(params, running);   // shares all other tensors
 */
import { type ChannelStatistics, keep, type Params, type Tensor4D, updateRunningStatistics } from '@munit/core';
import { runningKey } from './state.js';

/** What the running averages become, by their paths. Whoever made the map owns its tensors. */
export type RunningUpdates = Map<string, ChannelStatistics>;

/** One more batch. A norm that runs twice continues from its first run. */
export function advanceRunning(updates: RunningUpdates, path: string, before: ChannelStatistics, x: Tensor4D): void {
  const earlier = updates.get(path);
  const { mean, variance } = updateRunningStatistics(earlier ?? before, x);
  updates.set(path, { mean: keep(mean), variance: keep(variance) });
  earlier?.mean.dispose();
  earlier?.variance.dispose();
}

/**
 * The parameters with the averages of `updates` in their places. All other tensors are shared with `params`; the averages that were replaced
 * stay the caller's, and the new ones become so.
 */
export function withRunningStatistics<P extends Params>(params: P, updates: RunningUpdates): P {
  return replaced(params, '', updates) as P;
}

function replaced(node: unknown, path: string, updates: RunningUpdates): unknown {
  const below = (key: string | number): string => (path === '' ? `${key}` : `${path}.${key}`);
  if (Array.isArray(node)) return node.map((child: unknown, i) => replaced(child, below(i), updates));
  if (node === null || typeof node !== 'object' || Object.getPrototypeOf(node) !== Object.prototype) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, child]) => [key, key === runningKey ? (updates.get(below(key)) ?? child) : replaced(child, below(key), updates)]),
  );
}
