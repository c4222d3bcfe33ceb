import { type Array64, map64 } from '../shared/reference.js';

/** MurmurHash3's finaliser on integers of any length, less all but 32 bits after each step. */
function fmix(value: bigint): bigint {
  const mask = 0xffff_ffffn;
  let x = value & mask;
  x = ((x ^ (x >> 16n)) * 0x85eb_ca6bn) & mask;
  x = ((x ^ (x >> 13n)) * 0xc2b2_ae35n) & mask;
  return x ^ (x >> 16n);
}

/** Linear in x: the values that are kept, over the share of those. The map is its own adjoint. */
export const dropoutReference = (x: Array64, rate: number, [a, b]: readonly [number, number]): Array64 =>
  map64(x, (value, i) => value * (Number(fmix(fmix(BigInt(i) + BigInt(a)) ^ BigInt(b))) / 2 ** 32 >= rate ? 1 / (1 - rate) : 0));
