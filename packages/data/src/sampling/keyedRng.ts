import { Rng } from '@munit/core';

/** The 32-bit finaliser of MurmurHash3: every input bit reaches every output bit. */
function mix(word: number): number {
  let x = word | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/**
 * One 32-bit number from whole numbers, order mattering. Randomness that is a function of *where* it is used
 * (seed, domain, epoch, position) needs no state to save and cannot depend on timing.
 */
export function hashOf(...keys: readonly number[]): number {
  let hash = 0x9e3779b9;
  for (const key of keys) {
    hash = mix(hash ^ mix(key >>> 0));
    hash = mix((hash + Math.floor(key / 2 ** 32) + 0x6d2b79f5) | 0);
  }
  return hash;
}

/** A random source for one place, named by whole numbers. */
export function keyedRng(...keys: readonly number[]): Rng {
  return new Rng(hashOf(...keys));
}

/** FNV-1a of the names, in order: tells whether a data set is the one that a saved position belongs to. */
export function fingerprintOf(names: Iterable<string>): string {
  let hash = 0x811c9dc5;
  for (const name of names) {
    for (let i = 0; i <= name.length; i++) {
      hash = Math.imul(hash ^ (i < name.length ? name.charCodeAt(i) : 0xffff), 0x01000193);
    }
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
