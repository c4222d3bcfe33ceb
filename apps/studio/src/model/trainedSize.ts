/** The size that a model was trained at, which it does best: from its model.json, where that can be had. */
import { bundledModels, type ModelChoice } from './choice.js';

function at(value: unknown, ...names: string[]): unknown {
  return names.reduce<unknown>((inner, name) => (typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[name] : undefined), value);
}

/** The crop's side in the configuration that the manifest carries. */
export function sizeInManifest(manifest: unknown): number | undefined {
  const config = ['training', 'config'];
  const size = at(manifest, ...config, 'crop_image_height') ?? at(manifest, ...config, 'new_size');
  return typeof size === 'number' && Number.isInteger(size) && size >= 16 && size <= 1024 ? size : undefined;
}

/** Undefined for a model that does not say; never fails. */
export async function trainedSize(choice: ModelChoice): Promise<number | undefined> {
  try {
    return sizeInManifest(await manifestOf(choice));
  } catch {
    return undefined;
  }
}

async function manifestOf(choice: ModelChoice): Promise<unknown> {
  if (choice.kind === 'files') {
    const file = choice.files.find(({ name }) => name === 'model.json');
    return file === undefined ? undefined : JSON.parse(await file.text());
  }
  const folder = addressOf(choice).replace(/^hf:(.*)$/, 'https://huggingface.co/$1/resolve/main/');
  if (/\.\w+$/.test(new URL(folder).pathname)) return undefined;
  const response = await fetch(new URL('model.json', folder.endsWith('/') ? folder : `${folder}/`));
  return response.ok ? ((await response.json()) as unknown) : undefined;
}

/** Bundled models lie beside the page. */
export function addressOf(choice: Extract<ModelChoice, { kind: 'bundled' | 'address' }>): string {
  if (choice.kind === 'address') return choice.address;
  const known = bundledModels.find(({ id }) => id === choice.id)!;
  return new URL(`models/${known.id}/`, document.baseURI).href;
}
