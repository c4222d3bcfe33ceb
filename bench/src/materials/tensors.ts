/** Between files in PyTorch's names and layouts, and tensors on the device in use. */
import { type Params, tensor, type Tensor, type Tensor2D, type Tensor4D } from '@munit/core';
import { fromOfficial, fromOfficialActivation, type OfficialTensor } from '@munit/layers';
import { type PublishedNetwork, publishedNetworks, type TrainingConfig } from '@munit/train';

export type Arrays = ReadonlyMap<string, OfficialTensor>;
export type Part = 'gen' | 'dis';

/** The networks of a part, by their official names. */
export const networksOf = (config: TrainingConfig, part: Part): readonly PublishedNetwork[] => publishedNetworks(config).filter((network) => network.part === part);

/** The parameters of a part from `gen_a.…`, `gen_b.…` (or `dis_…`). The caller owns them. */
export function paramsOf(config: TrainingConfig, part: Part, weights: Arrays): Params {
  return Object.fromEntries(networksOf(config, part).map(({ key, name, layer }): [string, Params] => [key, fromOfficial(layer, weights, { prefix: `${name}.` })]));
}

/** An input by name: images become [N, H, W, C], styles stay [N, F]. The caller owns it. */
export function inputOf<T extends Tensor4D | Tensor2D>(inputs: Arrays, name: string): T {
  const found = inputs.get(name);
  if (found === undefined) throw new Error(`The materials hold no '${name}'.`);
  const { shape, data } = fromOfficialActivation(found);
  return tensor(data, [...shape]) as Tensor as T;
}
