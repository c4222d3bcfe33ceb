import { join } from 'node:path';
import { DataError } from '@munit/core';
import { listFolder, requireImages } from './listFolder.js';
import { readListFile } from './readListFile.js';
import type { DomainFiles, DomainSpec } from './types.js';

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
  const listing = await listFolder(dir);
  requireImages(dir, listing);
  return { files: listing.images.map((name) => ({ name, path: join(dir, name) })), ignored: listing.ignored };
}
