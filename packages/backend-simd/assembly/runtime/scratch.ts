/** Scratch memory of a kernel. The host hands it out and takes it all back when the kernel returns. */
// @ts-ignore: decorator
@external('env', 'allocate')
declare function allocate(bytes: usize): usize;

/**
 * At least `bytes`, aligned to a cache line, with 64 readable bytes behind. Contents are arbitrary.
 * Only the main thread asks; tasks get addresses through their job's record.
 */
// @ts-ignore: decorator
@inline
export function scratch(bytes: usize): usize {
  return allocate(bytes + 64);
}
