/** The REST half of the Open Inference Protocol v2: health, metadata, inference. */
import { ArgumentError, type Domain, otherDomain } from '@munit/core';
import { Picture } from '@munit/infer';
import type { Context, Hono } from 'hono';
import { accept, isReady, type ServerContext, timed } from './context.js';
import { HttpError } from './statuses.js';
import { type InferRequest, type NamedTensor, readInferRequest, writeInferResponse } from './tensors.js';

/** The models of the protocol: one for each direction, called as the ONNX graphs of `munit convert --to onnx` are. */
const directions: Readonly<Record<string, Domain>> = { translate_a_to_b: 'a', translate_b_to_a: 'b' };

/** The domain of a model's inputs. @throws HttpError (404) */
function domainOf(c: Context): Domain {
  const name = c.req.param('model') ?? '';
  const version = c.req.param('version');
  if (!Object.hasOwn(directions, name)) throw new HttpError(404, 'NOT_FOUND', `No model has this name. Use ${Object.keys(directions).join(' or ')}.`);
  if (version !== undefined && version !== '1') throw new HttpError(404, 'NOT_FOUND', 'There is no version but 1.');
  return directions[name]!;
}

function metadataOf({ pool }: ServerContext, name: string, domain: Domain): object {
  const { architecture: { inputDim }, styleDim } = pool.info;
  const tensor = (name: string, ...shape: number[]): object => ({ name, datatype: 'FP32', shape });
  return {
    name,
    versions: ['1'],
    platform: 'munit',
    inputs: [tensor('image', -1, inputDim[domain], -1, -1), ...(styleDim > 0 ? [tensor('style', -1, styleDim)] : [])],
    outputs: [tensor('translated', -1, inputDim[otherDomain(domain)], -1, -1)],
  };
}

interface Batch {
  readonly images: readonly Picture[];
  readonly styles: readonly Float32Array[] | undefined;
}

/** [N, C, H, W] to images [H, W, C]. */
function imagesOf({ shape, data }: NamedTensor, channels: 1 | 3, maxPixels: number): Picture[] {
  const [n = 0, c, height = 0, width = 0] = shape;
  if (shape.length !== 4 || c !== channels) throw new ArgumentError(`The input 'image' has the shape [${shape.join(', ')}].`, { remedy: `Send [N, ${channels}, H, W].` });
  if (n * height * width > maxPixels) throw new HttpError(413, 'DATA', `The images have ${n * height * width} pixels, more than the limit of ${maxPixels}.`);
  const plane = height * width;
  return Array.from({ length: n }, (_, i) => {
    const values = new Float32Array(plane * channels);
    for (let k = 0; k < channels; k++) for (let at = 0; at < plane; at++) values[at * channels + k] = data[(i * channels + k) * plane + at]!;
    return new Picture({ width, height, channels, values }, undefined);
  });
}

function batchOf({ inputs }: InferRequest, { pool, limits }: ServerContext, domain: Domain): Batch {
  const unknown = [...inputs.keys()].find((name) => name !== 'image' && name !== 'style');
  if (unknown !== undefined) throw new ArgumentError(`There is no input '${unknown}'.`, { remedy: "The inputs are 'image' and 'style'." });
  const image = inputs.get('image');
  if (image === undefined) throw new ArgumentError("The input 'image' is missing.", { remedy: 'Send it as FP32 [N, C, H, W] in [−1, 1].' });
  const { architecture: { inputDim }, styleDim } = pool.info;
  const images = imagesOf(image, inputDim[domain] as 1 | 3, limits.maxPixels);
  const style = inputs.get('style');
  if (style === undefined) return { images, styles: undefined };
  const [rows, columns] = style.shape;
  if (style.shape.length !== 2 || rows !== images.length || columns !== styleDim || styleDim === 0) {
    const remedy = styleDim === 0 ? 'Leave it out: the model has no styles.' : `Send [${images.length}, ${styleDim}].`;
    throw new ArgumentError(`The input 'style' has the shape [${style.shape.join(', ')}].`, { remedy });
  }
  return { images, styles: images.map((_, i) => style.data.slice(i * styleDim, (i + 1) * styleDim)) };
}

/** Images [H, W, C] to [N, C, H, W]. */
function tensorOf(pictures: readonly Picture[]): NamedTensor {
  const { width, height, channels } = pictures[0]!;
  const plane = width * height;
  const data = new Float32Array(pictures.length * plane * channels);
  for (const [i, { values }] of pictures.entries()) for (let k = 0; k < channels; k++) for (let at = 0; at < plane; at++) data[(i * channels + k) * plane + at] = values[at * channels + k]!;
  return { name: 'translated', shape: [pictures.length, channels, height, width], data };
}

async function infer(server: ServerContext, c: Context): Promise<Response> {
  const domain = domainOf(c);
  return accept(server, c, async (signal) => {
    const request = readInferRequest(new Uint8Array(await c.req.arrayBuffer()), c.req.header('inference-header-content-length'));
    const { images, styles } = batchOf(request, server, domain);
    const given = request.parameters['seed'];
    if (given !== undefined && !(typeof given === 'number' && Number.isInteger(given) && given >= 0 && given < 2 ** 32)) throw new ArgumentError("The parameter 'seed' is not a seed.", { remedy: 'Send a whole number from 0 to 4294967295.' });
    const to = otherDomain(domain);
    const results: Picture[] = [];
    await timed(server, async () => {
      // One after the other: a batch takes one place in the queue.
      for (const [i, image] of images.entries()) {
        const style = styles === undefined ? (typeof given === 'number' ? { seed: (given + i) % 2 ** 32 } : {}) : { style: styles[i]! };
        results.push(await server.pool.translate(image, { to, signal, ...(server.pool.info.styleDim === 0 ? {} : style) }));
      }
    });
    const { body, headerLength } = writeInferResponse(c.req.param('model') ?? '', request.id, tensorOf(results), request.binaryOutput);
    if (headerLength === undefined) return c.body(body, 200, { 'Content-Type': 'application/json' });
    return c.body(body, 200, { 'Content-Type': 'application/octet-stream', 'Inference-Header-Content-Length': String(headerLength) });
  });
}

/** Adds the routes of the protocol. */
export function addInference(app: Hono, server: ServerContext): void {
  const healthy = (c: Context, is: boolean): Response => c.body(null, is ? 200 : 503);
  app.get('/v2/health/live', (c) => healthy(c, true));
  app.get('/v2/health/ready', (c) => healthy(c, isReady(server)));
  app.get('/v2', (c) => c.json({ name: server.name, version: '1', extensions: ['binary_tensor_data'] }));
  for (const path of ['/v2/models/:model', '/v2/models/:model/versions/:version']) {
    app.get(path, (c) => {
      const domain = domainOf(c);
      return c.json(metadataOf(server, c.req.param('model') ?? '', domain));
    });
    app.get(`${path}/ready`, (c) => {
      domainOf(c);
      return healthy(c, isReady(server));
    });
    app.post(`${path}/infer`, (c) => infer(server, c));
  }
}
