/** Which model a translator has, by its content: files are replaced, and one model has many addresses. */
import { createHash } from 'node:crypto';
import { domains } from '@munit/core';
import type { WeightsDtype } from '@munit/formats';
import type { TranslatorModel } from '../translator/translator.js';

const noted = new WeakMap<object, () => string>();

/** SHA-256 of the architecture and of all weights. */
function digestOf(model: Extract<TranslatorModel, { readonly networks: unknown }>, dtype: WeightsDtype): string {
  const hash = createHash('sha256').update(JSON.stringify([model.architecture, dtype]));
  for (const domain of domains) {
    for (const [name, { shape, data }] of model.networks[domain]) {
      hash.update(`\n${domain}.${name} ${shape.join('x')}\n`).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    }
  }
  return hash.digest('hex');
}

/** Remembers the model of a translator. Parameters on a device, which training may change, have no digest. */
export function noteModel(translator: object, model: TranslatorModel, dtype: WeightsDtype = 'float32'): void {
  if (!('networks' in model)) return;
  let digest: string | undefined;
  noted.set(translator, () => (digest ??= digestOf(model, dtype)));
}

/** SHA-256 of the architecture and weights of a translator that was loaded here; undefined where they are not known. */
export const modelDigest = (translator: object): string | undefined => noted.get(translator)?.();
