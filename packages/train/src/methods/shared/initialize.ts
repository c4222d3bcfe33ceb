/** Random weights with another gain than the initialiser's own. */
import { type Params, type Rng, scale, type Tensor, tidy, type Tree, treeLeaves, treeUnflatten } from '@munit/core';
import type { Initializer, ParameterSpec } from '@munit/layers';
import type { TrainingConfig } from '../../config/schema.js';

interface Drawable<P> {
  readonly specs: unknown;
  init(rng: Rng, initializer?: Initializer): P;
}

/** What the initialisers take for `init_gain` where none is given. */
const usualGain: Readonly<Record<Initializer, number>> = { gaussian: 0.02, xavier: Math.SQRT2, orthogonal: Math.SQRT2, kaiming: 1, default: 1 };

/**
 * Draws a network's parameters by `init` and `init_gain`. As in the published code, the gain has no part in `kaiming` and `default`.
 * The caller owns them.
 */
export function drawParameters<P extends Params>(network: Drawable<P>, rng: Rng, { init, init_gain: gain = usualGain[init] }: Pick<TrainingConfig, 'init' | 'init_gain'>): P {
  const drawn = network.init(rng, init);
  const factor = init === 'kaiming' || init === 'default' ? 1 : gain / usualGain[init];
  if (factor === 1) return drawn;
  const specs = treeLeaves<ParameterSpec>(network.specs as Tree<ParameterSpec>);
  const leaves = treeLeaves<Tensor>(drawn).map((leaf, i) => {
    if (specs[i]?.fill.by !== 'initializer') return leaf;
    const scaled = tidy(() => scale(leaf, factor));
    leaf.dispose();
    return scaled;
  });
  // Same shape, same kind of leaves.
  return treeUnflatten(drawn, leaves) as P;
}
