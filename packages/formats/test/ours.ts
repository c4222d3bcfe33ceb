/** A model's networks run by @munit/layers, with arrays in PyTorch's layout in and out. */
import { type Domain, type Params, readTensor, type Tensor, tensor, type Tensor2D, type Tensor4D, tidy } from '@munit/core';
import { fromOfficial, fromOfficialActivation, type MunitGenerator, type OfficialTensor, paramsAt, type Part, runnerOf, toOfficialActivation, type UnitGenerator } from '@munit/layers';
import type { Model } from '../src/model/types.js';
import { generatorLayer } from '../src/official/kinds.js';

function onDevice(array: OfficialTensor): Tensor {
  const { shape, data } = fromOfficialActivation(array);
  return tensor(data, [...shape]);
}

async function read(x: Tensor): Promise<OfficialTensor> {
  const data = Float32Array.from(await readTensor(x));
  const { shape } = x;
  x.dispose();
  return toOfficialActivation({ shape, data });
}

async function withGenerator(model: Model, domain: Domain, run: (layer: MunitGenerator | UnitGenerator) => Tensor): Promise<OfficialTensor> {
  return read(run(generatorLayer(model.architecture, domain) as MunitGenerator | UnitGenerator));
}

/** image [N, C, H, W] -> content [N, c, h, w] */
export function encodeContent(model: Model, domain: Domain, image: OfficialTensor): Promise<OfficialTensor> {
  return withGenerator(model, domain, (layer) =>
    tidy(() => {
      const x = onDevice(image) as Tensor4D;
      if (layer.kind === 'unitGenerator') return layer.encode(fromOfficial(layer, model.networks[domain]), x);
      return layer.encodeContent(fromOfficial(layer, model.networks[domain]), x);
    }),
  );
}

/** image [N, C, H, W] -> style [N, styleDim] */
export function encodeStyle(model: Model, domain: Domain, image: OfficialTensor): Promise<OfficialTensor> {
  return withGenerator(model, domain, (layer) =>
    tidy(() => {
      if (layer.kind === 'unitGenerator') throw new Error('UNIT has no style');
      return layer.encodeStyle(fromOfficial(layer, model.networks[domain]), onDevice(image) as Tensor4D);
    }),
  );
}

/** content [N, c, h, w], style [N, styleDim] -> image [N, C, H, W] */
export function decode(model: Model, domain: Domain, content: OfficialTensor, style: OfficialTensor | undefined): Promise<OfficialTensor> {
  return withGenerator(model, domain, (layer) =>
    tidy(() => {
      const code = onDevice(content) as Tensor4D;
      if (layer.kind === 'unitGenerator') return layer.decode(fromOfficial(layer, model.networks[domain]), code);
      if (style === undefined) throw new Error('MUNIT needs a style');
      return layer.decode(fromOfficial(layer, model.networks[domain]), code, onDevice(style) as Tensor2D);
    }),
  );
}

/** image [N, C, H, W], style [N, styleDim] -> image, of generators in one piece. */
export async function translateInOnePiece(model: Model, to: Domain, image: OfficialTensor, style: OfficialTensor | undefined): Promise<OfficialTensor> {
  const layer = generatorLayer(model.architecture, to);
  const { node, key } = layer.describe().roles.decoder;
  return read(
    tidy(() => {
      const params = paramsAt<Params>(fromOfficial(layer, model.networks[to]), key);
      return runnerOf('test', node).run(params, onDevice(image), { code: style === undefined ? undefined : (onDevice(style) as Tensor2D) });
    }),
  );
}

/** image [N, C, H, W] -> style [N, styleDim], by a style encoder beside such a generator. */
export async function encodeBeside(model: Model, domain: Domain, image: OfficialTensor): Promise<OfficialTensor> {
  const layer = generatorLayer(model.architecture, domain);
  const { node, key } = layer.describe().roles.styleEncoder as Part;
  return read(tidy(() => runnerOf('test', node).run(paramsAt<Params>(fromOfficial(layer, model.networks[domain]), key), onDevice(image))));
}
