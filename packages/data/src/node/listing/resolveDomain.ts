import { join } from 'node:path';
import { DataError } from '@munit/core';
import { type FolderListing, imageExtensions, listImages } from '@munit/images/node';
import { readListFile } from './readListFile.js';
import type { DomainFiles, DomainSpec, ImageFile } from './types.js';

/** A path means that folder. */
export function domainSpec(spec: DomainSpec | string): DomainSpec {
  return typeof spec === 'string' ? { kind: 'folder', dir: spec } : spec;
}

/** What the spec is called in messages. */
export function labelOf(spec: DomainSpec): string {
  if (spec.kind === 'list') return `the list ${spec.list}`;
  return spec.kind === 'pairs' ? `the ${spec.side} halves of ${spec.dir}` : spec.dir;
}

/**
 * The files of one domain. Only names are looked at; whether they are sound shows when they are read, or in `checkData`.
 * @param minImages fewer are an error: training needs at least 2 (default 1)
 * @throws DataError when the folder or list is missing, unreadable, empty or too small.
 */
export async function resolveDomain(spec: DomainSpec | string, { minImages = 1 }: { readonly minImages?: number } = {}): Promise<DomainFiles> {
  const domain = domainSpec(spec);
  const label = labelOf(domain);
  const found = domain.kind === 'list' ? await fromList(domain.list, domain.root) : await fromFolder(domain.dir);
  if (found.files.length < minImages) {
    const count = found.files.length;
    throw new DataError(`${label} holds ${count === 1 ? 'one image' : `${count} images`}; training needs at least ${minImages} in each domain.`, {
      remedy: 'Add images (results start to be useful at some hundreds per domain).',
    });
  }
  const side = domain.kind === 'pairs' ? domain.side : undefined;
  return { label, ignored: found.ignored, files: found.files.map((file) => ({ ...file, side })) };
}

async function fromList(list: string, root: string): Promise<Pick<DomainFiles, 'files' | 'ignored'>> {
  return { files: await readListFile(list, root), ignored: [] };
}

async function fromFolder(dir: string): Promise<Pick<DomainFiles, 'files' | 'ignored'>> {
  const listing = await listImages(dir);
  requireImages(dir, listing);
  const images = listing.images.map((name): ImageFile => ({ name, path: join(dir, name) }));
  // What cannot be read is listed all the same, so that it is named as broken instead of silently missing.
  const unusable = listing.unusable.map(({ name, reason }): ImageFile => ({ name, path: join(dir, name), unusable: reason }));
  const files = unusable.length === 0 ? images : [...images, ...unusable].sort((p, q) => (p.name < q.name ? -1 : p.name > q.name ? 1 : 0));
  return { files, ignored: listing.ignored };
}

/** @throws DataError when the listing has no images. */
function requireImages(dir: string, { images, ignored, unusable }: FolderListing): void {
  if (images.length + unusable.length > 0) return;
  const others = ignored.length === 0 ? 'it is empty' : `it holds only ${ignored.length} other files (${ignored.slice(0, 3).join(', ')})`;
  throw new DataError(`The folder ${dir} holds no images: ${others}.`, {
    remedy: `Put images there; the extensions are ${imageExtensions.join(' ')}.`,
  });
}
