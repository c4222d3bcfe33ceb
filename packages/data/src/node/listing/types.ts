import type { PerDomain } from '@munit/core';
import type { PairSide } from '@munit/images';

/** Where the pictures of one domain are. */
export type DomainSpec =
  /** Every image below a folder. */
  | { readonly kind: 'folder'; readonly dir: string }
  /** The lines of a text file, each a path relative to `root`. */
  | { readonly kind: 'list'; readonly list: string; readonly root: string }
  /** One half of each side-by-side picture below a folder. */
  | { readonly kind: 'pairs'; readonly dir: string; readonly side: PairSide };

export interface DatasetSpec {
  readonly train: PerDomain<DomainSpec>;
  readonly test?: PerDomain<DomainSpec>;
}

/** The files of one domain, in order. */
export interface DomainFiles {
  /** For messages: the folder or list. */
  readonly label: string;
  readonly files: readonly ImageFile[];
  /** Files below the folder that are not images by their extension. */
  readonly ignored: readonly string[];
}

export interface ImageFile {
  readonly path: string;
  /** Relative to the folder or root, with '/'. */
  readonly name: string;
  readonly side?: PairSide | undefined;
}
