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

/** Where the training images of both domains are and, if there are any, the test images. */
export interface DatasetSpec {
  /** The training images. */
  readonly train: PerDomain<DomainSpec>;
  /** The held-out images. */
  readonly test?: PerDomain<DomainSpec>;
}

/** The files of one domain, in order. */
export interface DomainFiles {
  /** For messages: the folder or list. */
  readonly label: string;
  /** Sorted by name for a folder; as the list has them for a list. */
  readonly files: readonly ImageFile[];
  /** Files below the folder that are not images by their extension. */
  readonly ignored: readonly string[];
}

/** An image file, or one half of it. */
export interface ImageFile {
  /** Where to read it. */
  readonly path: string;
  /** Relative to the folder or root, with '/'. */
  readonly name: string;
  /** Which half of a side-by-side image; absent for the whole image. */
  readonly side?: PairSide | undefined;
  /** Why the file cannot be read, where the listing shows it: `is a named pipe, not an image file`. */
  readonly unusable?: string | undefined;
}
