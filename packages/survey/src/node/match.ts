/** Which translation belongs to which input. */
import { extname, join } from 'node:path';
import { checkOptions, DataError } from '@munit/core';
import { imageExtensions, listImages, unusableImage } from '@munit/images/node';
import type { MethodOutputs } from '../plan/questions.js';

/** A method's folder of translations. */
export interface MethodFolder {
  /** What the method is called in the results. */
  readonly name: string;
  /** Images called as the inputs are, or `NAME_0`, `NAME_1` … for several samples, as `munit translate` writes them. */
  readonly folder: string;
}

/** The files of all methods by the input that they belong to. */
export interface MatchedFolders {
  /** Names of the inputs, with `/` and ending, sorted. */
  readonly inputs: readonly string[];
  /** Of each method; the files are relative to its folder. */
  readonly methods: readonly MethodOutputs[];
  /** Inputs without a translation, translations without an input. */
  readonly warnings: readonly string[];
}

const withoutEnding = (name: string): string => name.slice(0, name.length - extname(name).length);

/** Images below a folder. @throws DataError when there are none, or one that cannot be read */
async function imagesOf(what: string, folder: string): Promise<readonly string[]> {
  const { images, unusable: [bad] } = await listImages(folder);
  if (bad !== undefined) throw unusableImage(join(folder, bad.name), bad.reason);
  if (images.length === 0) throw new DataError(`${what} ${folder} holds no images.`, { remedy: `Put images there; the extensions are ${imageExtensions.join(' ')}.` });
  return images;
}

/** What the translations of each input may be called, without ending: results of `x.jpg` and `x.png` keep the input's ending. */
function stems(inputs: readonly string[]): Map<string, string> {
  const found = new Map(inputs.map((input) => [input, input]));
  const alike = new Map<string, number>();
  for (const input of inputs) alike.set(withoutEnding(input), (alike.get(withoutEnding(input)) ?? 0) + 1);
  for (const input of inputs) if (alike.get(withoutEnding(input)) === 1) found.set(withoutEnding(input), input);
  return found;
}

const some = (names: readonly string[]): string => `${names.slice(0, 3).join(', ')}${names.length > 3 ? ' …' : ''}`;

function outputsOf({ name, folder }: MethodFolder, files: readonly string[], byStem: ReadonlyMap<string, string>): { readonly method: MethodOutputs; readonly strangers: readonly string[] } {
  const outputs = new Map<string, string[]>();
  const strangers: string[] = [];
  for (const file of files) {
    const stem = withoutEnding(file);
    // An exact name comes first: the input `cat_1` has its own translation.
    const input = byStem.get(stem) ?? byStem.get(stem.replace(/_\d+$/, ''));
    if (input === undefined) strangers.push(file);
    else {
      const own = outputs.get(input);
      if (own === undefined) outputs.set(input, [file]);
      else own.push(file);
    }
  }
  if (outputs.size === 0) {
    throw new DataError(`None of the ${files.length} images of '${name}' in ${folder} is called as an input is: the first is ${files[0]}, and inputs are ${some([...new Set(byStem.values())])}.`, {
      remedy: 'Name each translation as its input, or NAME_0, NAME_1 … for several samples of one.',
    });
  }
  return { method: { name, outputs }, strangers };
}

/**
 * Finds the translations of each input by name, whatever the ending.
 * @throws DataError naming the folder that is missing, empty, or has no translation of any input; ArgumentError for a method that says
 * anything but `name` and `folder`
 */
export async function matchFolders(inputs: string, methods: readonly MethodFolder[]): Promise<MatchedFolders> {
  for (const method of methods) checkOptions('A method', method, { name: true, folder: true });
  const names = await imagesOf('The folder of inputs', inputs);
  const byStem = stems(names);
  const warnings: string[] = [];
  const matched: MethodOutputs[] = [];
  for (const one of methods) {
    const { method, strangers } = outputsOf(one, await imagesOf(`The folder of '${one.name}',`, one.folder), byStem);
    const missing = names.filter((name) => !method.outputs.has(name));
    if (missing.length > 0) warnings.push(`'${one.name}' has no translation of ${missing.length} of ${names.length} inputs (${some(missing)}), which are left out where it takes part.`);
    if (strangers.length > 0) warnings.push(`Images of '${one.name}' that are called as no input is are left out: ${strangers.length} (${some(strangers)}).`);
    matched.push(method);
  }
  return { inputs: names, methods: matched, warnings };
}
