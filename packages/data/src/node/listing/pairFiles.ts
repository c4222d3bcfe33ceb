/** Two folders of images that belong together by their names. */
import { DataError, type PerDomain } from '@munit/core';
import type { DomainFiles, ImageFile } from './types.js';

/** `deep/er/1` of `deep/er/1.png`. */
const stemOf = ({ name }: ImageFile): string => name.replace(/\.[^./]*$/, '');

/** Names that a message lists. */
const NAMED = 5;

/**
 * The files of both domains, so that those with the same name but for the extension are at the same place, in A's order. Halves of side-by-side
 * images are so already.
 * @throws DataError that names files without a partner, or with several
 */
export function pairFiles({ a, b }: PerDomain<DomainFiles>): PerDomain<DomainFiles> {
  const partners = new Map(b.files.map((file) => [stemOf(file), file]));
  const stems = new Set(a.files.map(stemOf));
  const alone = [...a.files.filter((file) => !partners.has(stemOf(file))).map(({ name }) => `${name} of ${a.label}`), ...b.files.filter((file) => !stems.has(stemOf(file))).map(({ name }) => `${name} of ${b.label}`)];
  const twice = [...repeated(a.files).map((name) => `${name} of ${a.label}`), ...repeated(b.files).map((name) => `${name} of ${b.label}`)];
  const problems = [...listed('without a partner', alone), ...listed('with a name that is there twice', twice)];
  if (problems.length > 0) {
    throw new DataError(`The images of the two domains are not pairs: ${problems.join('; ')}.`, {
      remedy: 'Give the two images of each pair the same name, or use side-by-side images (data_pairs_train).',
    });
  }
  return { a, b: { ...b, files: a.files.flatMap((file) => partners.get(stemOf(file)) ?? []) } };
}

function repeated(files: readonly ImageFile[]): string[] {
  const seen = new Set<string>();
  return files.filter((file) => seen.size === seen.add(stemOf(file)).size).map(({ name }) => name);
}

function listed(what: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  return [`${names.slice(0, NAMED).join(', ')}${names.length > NAMED ? ` and ${names.length - NAMED} more` : ''} ${what}`];
}
