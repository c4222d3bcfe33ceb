/** What a file may ask for, at most. Everything else is bounded by the size of the file itself. */

import type { OptionNames } from '@munit/core';

/** How a PyTorch file is read. */
export interface TorchReadOptions {
  /** Refuse files whose tensors together take more than this. Default 4 GiB. */
  readonly maxBytes?: number | undefined;
  /** Compare each zip entry with its checksum. Default true; off for files written without checksums. */
  readonly verifyChecksums?: boolean | undefined;
}

/** Names of the options, by which others are refused. */
export const torchReadNames: OptionNames<TorchReadOptions> = { maxBytes: true, verifyChecksums: true };

export interface Limits {
  readonly maxBytes: number;
  readonly verifyChecksums: boolean;
}

export const DEFAULT_LIMITS: Limits = { maxBytes: 4 * 2 ** 30, verifyChecksums: true };

/** Bytes of the pickle that says what a file holds. That of the largest published checkpoint has 60 kB. */
export const MAX_PICKLE_BYTES = 64 * 2 ** 20;

/**
 * torch.save stores its entries as they are; a file that was packed again may deflate them. What they unpack to together is bounded
 * by this many times the file, besides `FREE_INFLATION`: weights hardly shrink at all, and an optimizer's first moments, all
 * zero, are the only honest exception.
 */
export const MAX_INFLATION = 16;
export const FREE_INFLATION = 16 * 2 ** 20;

/** Nesting of containers. Checkpoints have about five. */
export const MAX_DEPTH = 32;

/** Values of all containers together, a value counted as often as it is reachable. */
export const MAX_VALUES = 2_000_000;

/** Dimensions of a tensor. */
export const MAX_RANK = 16;

/** Bytes of an integer. PyTorch's magic number has ten. */
export const MAX_INTEGER_BYTES = 32;
