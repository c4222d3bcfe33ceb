/** Which model: what the studio loads, and what of it a link can say. */

export type ModelChoice =
  | { readonly kind: 'bundled'; readonly id: string }
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'files'; readonly name: string; readonly files: readonly File[] };

export interface BundledModel {
  readonly id: string;
  readonly name: string;
  readonly about: string;
}

/** Models that come with the studio, in `models/<id>/`. */
export const bundledModels: readonly BundledModel[] = [
  { id: 'shapes', name: 'Shapes', about: 'Outlines to coloured shapes and back, trained with munit on its synthetic set. A few megabytes.' },
];

export function nameOf(choice: ModelChoice): string {
  if (choice.kind === 'bundled') return bundledModels.find(({ id }) => id === choice.id)?.name ?? choice.id;
  if (choice.kind === 'files') return choice.name;
  return choice.address.replace(/\/+$/, '').split('/').at(-1) ?? choice.address;
}

/** Bundled models lie beside the page. */
export function addressOf(choice: Extract<ModelChoice, { kind: 'bundled' | 'address' }>): string {
  if (choice.kind === 'address') return choice.address;
  const known = bundledModels.find(({ id }) => id === choice.id)!;
  return new URL(`models/${known.id}/`, document.baseURI).href;
}

/** What stands in a link. Files stay on their machine: a link only has their name. */
export function toLink(choice: Exclude<LinkedModel, undefined>): string {
  if (choice.kind === 'bundled') return choice.id;
  return choice.kind === 'address' ? choice.address : `file:${choice.name}`;
}

export type LinkedModel = ModelChoice | { readonly kind: 'elsewhere'; readonly name: string } | undefined;

/** `none` loads nothing; a name that is neither ours nor an address is nothing either. */
export function fromLink(text: string | undefined): LinkedModel {
  if (text === undefined) return { kind: 'bundled', id: bundledModels[0]!.id };
  if (bundledModels.some(({ id }) => id === text)) return { kind: 'bundled', id: text };
  if (text.startsWith('file:')) return { kind: 'elsewhere', name: text.slice(5) };
  return isAddress(text) ? { kind: 'address', address: text } : undefined;
}

/** `hf:owner/name`, or an address of the web. */
export const isAddress = (text: string): boolean => /^hf:[\w.-]+\/[\w.-]+$/.test(text) || (/^https?:\/\//.test(text) && URL.canParse(text));

/** Model files among files that somebody dropped. */
export const isModelFile = (name: string): boolean => /\.(pt|pth|safetensors)$|^model\.json$/i.test(name);

/** A folder is called by its name, a lone file by its own. */
export function choiceOfFiles(files: readonly File[]): ModelChoice {
  // Node's files have no such path.
  const path = files[0]?.webkitRelativePath as string | undefined;
  const folder = path?.split('/')[0];
  const main = files.find(({ name }) => isModelFile(name)) ?? files[0];
  const name = files.length > 1 && folder !== undefined && folder !== '' ? folder : (main?.name ?? 'model');
  return { kind: 'files', name, files: files.length === 1 ? files : files.filter(({ name: file }) => isModelFile(file)) };
}
