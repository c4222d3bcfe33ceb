/** Which model: what the studio loads, and what of it a link can say. */
import { withId } from '../identity.js';
import { bundledModel, bundledModels, bundledName } from './bundled.js';
import { words } from '../words/words.js';

export type ModelChoice =
  | { readonly kind: 'bundled'; readonly id: string }
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'files'; readonly name: string; readonly files: readonly File[]; /** Under which it is kept. */ readonly id?: string };

export function nameOf(choice: ModelChoice): string {
  if (choice.kind === 'bundled') return bundledName(choice.id);
  if (choice.kind === 'files') return choice.name;
  return choice.address.replace(/\/+$/, '').split('/').at(-1) ?? choice.address;
}

/** Bundled models lie beside the page. */
export function addressOf(choice: Extract<ModelChoice, { kind: 'bundled' | 'address' }>): string {
  if (choice.kind === 'address') return choice.address;
  return new URL(`models/${choice.id}/`, document.baseURI).href;
}

/** What stands in a link. Files stay on their machine: a link only has their name. */
export function toLink(choice: ModelChoice): string {
  if (choice.kind === 'bundled') return choice.id;
  if (choice.kind === 'address') return choice.address;
  return `file:${choice.kind === 'files' && choice.id !== undefined && choice.id !== choice.name ? withId(choice.name, choice.id) : choice.name}`;
}

export type LinkedModel = ModelChoice | { readonly kind: 'elsewhere'; readonly name: string } | { readonly kind: 'unknown'; readonly text: string } | undefined;

/** `none` loads nothing. */
export function fromLink(text: string | undefined): LinkedModel {
  if (text === undefined) return { kind: 'bundled', id: bundledModels[0].id };
  const bundled = bundledModel(text.toLowerCase());
  if (bundled !== undefined) return { kind: 'bundled', id: bundled.id };
  if (text === 'none') return undefined;
  if (text.startsWith('file:')) return { kind: 'elsewhere', name: text.slice(5) };
  return isAddress(text) ? { kind: 'address', address: text } : { kind: 'unknown', text };
}

/** `hf:owner/name`, or an address of the web. */
export const isAddress = (text: string): boolean => /^hf:[\w.-]+\/[\w.-]+$/.test(text) || (/^https?:\/\//.test(text) && URL.canParse(text));

/** Model files among files that somebody dropped. */
export const isModelFile = (name: string): boolean => /\.(pt|pth|safetensors)$|^model\.json$/i.test(name);

/** Official checkpoints count updates in their names: the newest of several is the one with the largest number. */
const updatesIn = (name: string): number => Number(/^gen_(\d+)\.pt$/i.exec(name)?.[1] ?? -1);

/**
 * The model among files that somebody picked or dropped: of a run's folder of official checkpoints the newest generator; else all that
 * belong to a model. A folder is called by its name, a lone file by its own.
 */
export function choiceOfFiles(files: readonly File[], folder = folderOf(files)): ModelChoice {
  const mine = files.length === 1 ? files : files.filter(({ name }) => isModelFile(name));
  const whole = mine.some(({ name }) => /^model\.json$/i.test(name));
  const newest = whole ? undefined : mine.toSorted((p, q) => updatesIn(q.name) - updatesIn(p.name)).find(({ name }) => updatesIn(name) >= 0);
  const taken = newest === undefined ? mine : [newest];
  const main = taken[0] ?? files[0];
  const named = files.length > 1 && folder !== '';
  return { kind: 'files', name: named ? (newest === undefined ? folder : `${folder}, ${newest.name}`) : (main?.name ?? words.peek().model.unnamed), files: taken };
}

/** The folder that files came from, if they say so: those of Node do not. */
const folderOf = (files: readonly File[]): string => (files[0]?.webkitRelativePath as string | undefined)?.split('/')[0] ?? '';
