/**
 * Scratch memory of a kernel. The host hands it out and takes it all back when the kernel returns.
 * Only the main thread asks; tasks get addresses through their job's record.
 */
// @ts-ignore: decorator
@external("env", "allocate")
declare function allocate(bytes: usize): usize;

/** At least `bytes`, aligned to a cache line, with 64 readable bytes behind. Contents are arbitrary. */
// @ts-ignore: decorator
@inline
export function scratch(bytes: usize): usize {
  return allocate(bytes + 64);
}

/** Fixed addresses for the records that describe a running job (below the heap, above the thread pool's words). */
export const RECORD_A: usize = 8192;
export const RECORD_B: usize = 8704;
export const RECORD_C: usize = 9216;
export const RECORD_D: usize = 9728;
export const RECORD_E: usize = 10240;
