/** Draws the weights and the inputs of an item. */
import { existsSync, writeFileSync } from 'node:fs';
import { type Device, type Domain, openDevice, type Params, perDomain, Rng, type Tensor, type Tensor4D, tidy, treeLeaves } from '@munit/core';
import { float32Tensor, type Model } from '@munit/formats';
import { exportOnnx } from '@munit/formats/onnx';
import { toOfficial, toOfficialActivation, type OfficialTensor } from '@munit/layers';
import { createNetworks, modelArchitecture } from '@munit/train';
import { describedNetworks } from '@munit/train/node';
import type { Item } from './items.js';
import { drawLpips, drawVgg16 } from './judge.js';
import { type Arrays, inputOf, networksOf, paramsOf, type Part } from './tensors.js';
import { graphFile, inputsFile, readArrays, weightsFile, writeArrays } from './files.js';

const seed = 1;

export async function makeMaterials(item: Item, folder: string, { threads, onnx }: { readonly threads: number; readonly onnx: boolean }): Promise<void> {
  const device: Device = await openDevice('simd', { threads });
  const path = weightsFile(folder, item);
  if (!existsSync(path)) writeArrays(path, await drawWeights(item), { networks: describe(item) });
  const weights = readArrays(path);
  writeArrays(inputsFile(folder, item), await drawInputs(item, weights));
  if (onnx && (item.kind === 'translate' || item.kind === 'decode')) writeFileSync(graphFile(folder, item), graphOf(item, weights));
  device.dispose();
}

const parts: Readonly<Record<Item['kind'], readonly Part[]>> = { translate: ['gen'], decode: ['gen'], train: ['gen', 'dis'], lpips: [], features: [] };

/** The networks whose weights are drawn, for munit_torch. */
const describe = ({ kind, config }: Item): string => JSON.stringify(describedNetworks(config).filter(({ part }) => parts[kind].includes(part)));

async function drawWeights(item: Item): Promise<Arrays> {
  const { kind, config } = item;
  if (kind === 'lpips') return drawLpips(seed);
  if (kind === 'features') return drawVgg16(seed);
  const drawn = createNetworks(config).init(new Rng(seed));
  const arrays = new Map<string, OfficialTensor>();
  for (const part of parts[kind]) {
    const params = drawn[part] as Readonly<Record<string, Params>>;
    for (const { key, name, layer } of networksOf(config, part)) {
      for (const [path, array] of await toOfficial(layer, params[key] as Params)) arrays.set(`${name}.${path}`, array);
    }
  }
  for (const leaf of treeLeaves<Tensor>([drawn.gen, drawn.dis])) leaf.dispose();
  return arrays;
}

async function drawInputs({ kind, size, batch, config }: Item, weights: Arrays): Promise<Arrays> {
  const rng = new Rng(seed + 1);
  const image = (): OfficialTensor => ({ shape: [batch, 3, size, size], data: rng.uniforms(batch * 3 * size * size, -1, 1) });
  const style = (): OfficialTensor => ({ shape: [batch, config.gen.style_dim], data: rng.normals(batch * config.gen.style_dim) });
  const inputs = new Map([['image_a', image()], ['image_b', image()]]);
  if (kind === 'lpips' || kind === 'features') return inputs;
  // CycleGAN has no styles.
  if (config.gen.style_dim === 0) return inputs;
  if (kind === 'train') for (const name of ['dis_style_a', 'dis_style_b', 'gen_style_a', 'gen_style_b']) inputs.set(name, style());
  else inputs.set('style', style());
  if (kind === 'decode') inputs.set('content', await contentOf(inputOf<Tensor4D>(inputs, 'image_a'), config, weights));
  return inputs;
}

/** A content code as an encoder makes it: its distribution is what the decoder is for. */
async function contentOf(image: Tensor4D, config: Item['config'], weights: Arrays): Promise<OfficialTensor> {
  const gen = paramsOf(config, 'gen', weights);
  const content = tidy(() => createNetworks(config).encodeContent(gen, 'a', image));
  const official = toOfficialActivation({ shape: content.shape, data: new Float32Array(await content.data()) });
  for (const t of [image, content, ...treeLeaves<Tensor>(gen)]) t.dispose();
  return official;
}

function graphOf({ kind, config }: Item, weights: Arrays): Uint8Array {
  const named = (domain: Domain): Model['networks']['a'] => {
    const prefix = `gen_${domain}.`;
    const own = [...weights].filter(([name]) => name.startsWith(prefix));
    return new Map(own.map(([name, { shape, data }]) => [name.slice(prefix.length), float32Tensor([...shape], Float32Array.from(data))]));
  };
  const model: Model = { architecture: modelArchitecture(config), domains: { a: { name: 'a' }, b: { name: 'b' } }, networks: perDomain(named) };
  return kind === 'translate' ? exportOnnx(model, 'translate', 'a') : exportOnnx(model, 'decoder', 'b');
}
