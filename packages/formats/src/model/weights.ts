/** `model.safetensors`: both generators as `gen_a.NAME` and `gen_b.NAME`, PyTorch's names and layouts. */
import { ArgumentError, type Domain, domains, fromHalves, type PerDomain, perDomain, readSafetensors, type StoredTensor, toHalves, writeSafetensors } from '@munit/core';
import { ModelSourceError } from '../errors.js';
import { generatorLayout } from '../official/layout.js';
import type { ArchitectureHints } from '../official/architecture.js';
import { matchLayout } from '../official/match.js';
import { float32Of, readCheckpoint } from '../official/recognize.js';
import { float32Tensor, type Float32Tensor, type Weights } from '../torch/tensor.js';
import { modelOf, modelOfTranslators } from './imported.js';
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

function pick(tensors: ReadonlyMap<string, StoredTensor>, prefix: string): Weights {
  const result = new Map<string, Float32Tensor>();
  for (const [name, tensor] of tensors) {
    if (name.startsWith(prefix)) {
      result.set(name.slice(prefix.length), float32Tensor(tensor.shape, float32Of(tensor)));
    }
  }
  return result;
}

/** Whether a weights file says itself what it is: Python's safetensors, for one, saves without that. */
const describesItself = (file: ReturnType<typeof readSafetensors>): boolean => file.metadata.has(METADATA);

/**
 * The model of a weights file; its own description is used where there is no `model.json`, and where that is lost too, names and shapes
 * tell, as they do of a PyTorch file.
 * @throws SafetensorsError, ModelSourceError, CheckpointMismatchError or NonFiniteError, each naming what is wrong
 */
export function unpackWeights(bytes: Uint8Array, where: string, { manifest, hints }: { readonly manifest?: ModelDescription; readonly hints?: ArchitectureHints | undefined } = {}): Model {
  const file = readSafetensors(bytes);
  if (manifest === undefined && !describesItself(file)) return byNames(bytes, where, hints);
  const own = file.metadata.get(METADATA);
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

/** @throws ModelSourceError when the names are not those of both generators */
function byNames(bytes: Uint8Array, where: string, hints: ArchitectureHints | undefined): Model {
  const checkpoint = readCheckpoint(bytes, hints);
  if (checkpoint.kind === 'generator') return modelOf(checkpoint);
  if (checkpoint.kind === 'translator') return modelOfTranslators({ forward: checkpoint });
  throw new ModelSourceError(`${where} is a safetensors file without the description of a munit model, and its tensors are not those of both generators (gen_a.…, gen_b.…).`, {
    remedy: `Give the folder that holds it and model.json, or a file of format '${FORMAT}'.`,
  });
}
