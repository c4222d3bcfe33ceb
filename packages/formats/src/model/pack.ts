/** From a model to the files of its folder. */
import { checkOptions } from '@munit/core';
import { modelCard } from './card.js';
import { sha256 } from './hash.js';
import { CARD_FILE, FORMAT, MANIFEST_FILE, type ModelDescription, type ModelManifest, VERSION, WEIGHTS_FILE } from './manifest.js';
import type { Model, WeightsDtype } from './types.js';
import { packWeights } from './weights.js';

/** The files of a model folder, by name. */
export type ModelFiles = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

function describe(model: Model): ModelDescription {
  const { architecture, domains, training, metrics, license } = model;
  return {
    format: FORMAT,
    version: VERSION,
    architecture,
    domains: {
      a: { name: domains.a.name, channels: architecture.inputDim.a },
      b: { name: domains.b.name, channels: architecture.inputDim.b },
    },
    ...(training === undefined ? {} : { training }),
    ...(metrics === undefined ? {} : { metrics }),
    ...(license === undefined ? {} : { license }),
  };
}

/**
 * `model.safetensors`, `model.json` and `README.md`. The same model gives the same bytes.
 * @throws ArgumentError when a weight is too large for half precision
 */
export async function packModel(model: Model, options: { readonly dtype?: WeightsDtype | undefined } = {}): Promise<ModelFiles> {
  checkOptions('packModel', options, { dtype: true });
  const dtype = options.dtype ?? 'float32';
  const description = describe(model);
  const weights = packWeights(model, description, dtype);
  const manifest: ModelManifest = {
    ...description,
    weights: { file: WEIGHTS_FILE, dtype, bytes: weights.length, sha256: await sha256(weights) },
  };
  const text = new TextEncoder();
  return new Map([
    [WEIGHTS_FILE, weights],
    [MANIFEST_FILE, text.encode(`${JSON.stringify(manifest, null, 2)}\n`)],
    [CARD_FILE, text.encode(modelCard(manifest))],
  ]);
}
