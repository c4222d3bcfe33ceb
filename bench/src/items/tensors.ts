/** Between files in PyTorch's names and layouts, and tensors on the device in use. */
import { type Params, type PerDomain, perDomain, tensor, type Tensor, type Tensor2D, type Tensor4D } from '@munit/core';
import { fromOfficial, fromOfficialActivation, multiScaleDiscriminator, munitGenerator, type OfficialLayer, type OfficialTensor } from '@munit/layers';
import { discriminatorArchitectures, generatorArchitectures, type TrainingConfig } from '@munit/train';

export type Arrays = ReadonlyMap<string, OfficialTensor>;
export type Part = 'gen' | 'dis';

/** The layers of a part, for their official names. */
export function layersOf(config: TrainingConfig, part: Part): PerDomain<OfficialLayer> {
  return perDomain((domain) => (part === 'gen' ? munitGenerator(generatorArchitectures(config)[domain]) : multiScaleDiscriminator(discriminatorArchitectures(config)[domain])));
}

/** The parameters of a part from `gen_a.…`, `gen_b.…` (or `dis_…`). The caller owns them. */
export function paramsOf(config: TrainingConfig, part: Part, weights: Arrays): PerDomain<Params> {
  const layers = layersOf(config, part);
  return perDomain((domain) => fromOfficial(layers[domain], weights, { prefix: `${part}_${domain}.` }) as Params);
}

/** An input by name: images become [N, H, W, C], styles stay [N, F]. The caller owns it. */
export function inputOf<T extends Tensor4D | Tensor2D>(inputs: Arrays, name: string): T {
  const found = inputs.get(name);
  if (found === undefined) throw new Error(`The materials hold no '${name}'.`);
  const { shape, data } = fromOfficialActivation(found);
  return tensor(data, [...shape]) as Tensor as T;
}
