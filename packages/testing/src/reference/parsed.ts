/** What the readers need of a parsed safetensors file; `readSafetensors` of `@munit/core` gives it. */
import { ndArray, type NdArray } from '../arrays/ndArray.js';

/** A safetensors file, parsed. */
export interface ParsedTensors {
  /** Arrays by name. */
  readonly tensors: ReadonlyMap<string, { readonly shape: readonly number[]; float32(): Float32Array }>;
  /** The file's text metadata. */
  readonly metadata: ReadonlyMap<string, string>;
}

/** Settings as the metadata of a dump holds them. */
export type Settings = Readonly<Record<string, unknown>>;

/** The metadata `key` parsed as JSON. @throws Error when it is absent */
export function jsonMetadata(parsed: ParsedTensors, key: string): unknown {
  const text = parsed.metadata.get(key);
  if (text === undefined) throw new Error(`This is not the expected reference file: its metadata has no '${key}'.`);
  return JSON.parse(text);
}

/** The tensor of that name. @throws Error when it is absent */
export function required(parsed: ParsedTensors, name: string): NdArray {
  const found = optional(parsed, name);
  if (found === undefined) throw new Error(`The reference file has no tensor '${name}'.`);
  return found;
}

export function optional(parsed: ParsedTensors, name: string): NdArray | undefined {
  const stored = parsed.tensors.get(name);
  return stored === undefined ? undefined : ndArray(stored.shape, stored.float32());
}

/** All tensors whose name starts with `prefix`, by the rest of their names, in the file's order. */
export function under(parsed: ParsedTensors, prefix: string): Map<string, NdArray> {
  const found = new Map<string, NdArray>();
  for (const [name, stored] of parsed.tensors) {
    if (name.startsWith(prefix)) found.set(name.slice(prefix.length), ndArray(stored.shape, stored.float32()));
  }
  return found;
}

/** The tensors `prefix0`, `prefix1`, … as far as they go. */
export function numbered(parsed: ParsedTensors, prefix: string): NdArray[] {
  const found: NdArray[] = [];
  for (let tensor = optional(parsed, `${prefix}0`); tensor !== undefined; tensor = optional(parsed, `${prefix}${found.length}`)) found.push(tensor);
  return found;
}
