/** `model.safetensors`: both generators as `gen_a.NAME` and `gen_b.NAME`, PyTorch's names and layouts. */
import { ArgumentError, type Domain, domains, fromHalves, type PerDomain, perDomain, readSafetensors, type StoredTensor, toHalves, writeSafetensors } from '@munit/core';
import { ModelSourceError } from '../errors.js';
import { generatorLayout } from '../official/layout.js';
import { matchLayout } from '../official/match.js';
import { float32Tensor, type Float32Tensor, type Weights } from '../torch/tensor.js';
import { FORMAT, type ModelDescription, parseModelDescription } from './manifest.js';
import type { Model, WeightsDtype } from './types.js';

/** Under this name the safetensors metadata holds the model's description, so that the file can stand alone. */
const METADATA = 'munit';
const PREFIX: PerDomain<string> = { a: 'gen_a.', b: 'gen_b.' };
const LARGEST_HALF = 65504;

function checkHalf(name: string, values: Float32Array): void {
  let at = 0;
  while (at < values.length && Math.abs(values[at] as number) <= LARGEST_HALF) at++;
  if (at < values.length) {
    throw new ArgumentError(`The weight '${name}' holds ${values[at]}, which half precision cannot.`, {
      remedy: { id: 'write-float32', text: "Write the model with dtype 'float32'." },
    });
  }
}

/** @throws ArgumentError when a weight is too large for half precision */
export function packWeights(model: Model, description: ModelDescription, dtype: WeightsDtype): Uint8Array<ArrayBuffer> {
  const entries = domains.flatMap((domain) =>
    [...model.networks[domain]].map(([name, { shape, data }]) => {
      if (dtype === 'float16') checkHalf(PREFIX[domain] + name, data);
      return [PREFIX[domain] + name, { shape, data, dtype: dtype === 'float16' ? 'F16' : 'F32' }] as const;
    }),
  );
  return new Uint8Array(writeSafetensors(entries, { format: 'pt', [METADATA]: JSON.stringify(description) }));
}

/** The model as it would come back from a file in half precision: its weights rounded, float32 still. @throws ArgumentError when one is too large */
export function roundToHalf(model: Model): Model {
  const rounded = (domain: Domain): Weights =>
    new Map(
      [...model.networks[domain]].map(([name, { shape, data }]) => {
        checkHalf(PREFIX[domain] + name, data);
        return [name, float32Tensor(shape, fromHalves(toHalves(data)))];
      }),
    );
  return { ...model, networks: perDomain(rounded) };
}

/** The values as float32, a copy of their own. */
function float32Of({ dtype, bytes, float32 }: StoredTensor): Float32Array<ArrayBuffer> {
  if (dtype !== 'F16') return float32() as Float32Array<ArrayBuffer>;
  const own = new Uint8Array(bytes); // at an even address, whatever theirs is
  return fromHalves(new Uint16Array(own.buffer));
}

function pick(tensors: ReadonlyMap<string, StoredTensor>, prefix: string): Weights {
  const result = new Map<string, Float32Tensor>();
  for (const [name, tensor] of tensors) {
    if (name.startsWith(prefix)) {
      result.set(name.slice(prefix.length), float32Tensor(tensor.shape, float32Of(tensor)));
    }
  }
  return result;
}

/**
 * The model of a weights file; its own description is used where there is no `model.json`.
 * @throws SafetensorsError, ModelSourceError, CheckpointMismatchError or NonFiniteError, each naming what is wrong
 */
export function unpackWeights(bytes: Uint8Array, where: string, manifest?: ModelDescription): Model {
  const file = readSafetensors(bytes);
  const own = file.metadata.get(METADATA);
  if (manifest === undefined && own === undefined) {
    throw new ModelSourceError(`${where} is a safetensors file without the description of a munit model.`, {
      remedy: `Give the folder that holds it and model.json, or a file of format '${FORMAT}'.`,
    });
  }
  const description = manifest ?? parseModelDescription(own ?? '', `The description in ${where}`);
  const { architecture, domains, training, metrics, license } = description;
  const network = (domain: Domain): Weights =>
    matchLayout(`the generator of ${domain}`, pick(file.tensors, PREFIX[domain]), generatorLayout(architecture, domain)).weights;
  return {
    architecture,
    domains: { a: { name: domains.a.name }, b: { name: domains.b.name } },
    networks: perDomain(network),
    ...(training === undefined ? {} : { training }),
    ...(metrics === undefined ? {} : { metrics }),
    ...(license === undefined ? {} : { license }),
  };
}
