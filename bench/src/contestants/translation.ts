/** Translation and decoding by our layers, on whatever device is in use. */
import { type Params, type Tensor, type Tensor2D, type Tensor4D, tidy } from '@munit/core';
import { createNetworks } from '@munit/train';
import type { Item } from '../materials/items.js';
import { type Arrays, inputOf, paramsOf } from '../materials/tensors.js';

/** The item's image, [1, H, W, 3], a new one with each call; the caller owns it. Weights, as `stored` gives them, and inputs stay on the device. */
export function translation(item: Pick<Item, 'kind' | 'config'>, weights: Arrays, inputs: Arrays, stored: (gen: Params) => Params = (gen) => gen): () => Tensor {
  const networks = createNetworks(item.config);
  const gen = stored(paramsOf(item.config, 'gen', weights));
  const style = inputOf<Tensor2D>(inputs, 'style');
  const source = inputOf<Tensor4D>(inputs, item.kind === 'decode' ? 'content' : 'image_a');
  return () => tidy(() => networks.decode(gen, 'b', item.kind === 'decode' ? source : networks.encodeContent(gen, 'a', source), style));
}
