import { OutOfMemoryError } from '@munit/core';

const remedy = 'Make batch_size, the crop or gen.dim smaller, or close other tabs; the last checkpoint is kept.';

/** A failure of a device or of the page's memory, as an error that says what to do. */
export function explainFailure(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  const outOfWasm = error.name === 'SimdError' && 'code' in error && error.code === 'memory';
  // Engines say by a RangeError that an array or a WebAssembly memory of this size cannot be had.
  const outOfHeap = error instanceof RangeError && /memory|allocation|array (buffer|length)/i.test(error.message);
  return outOfWasm || outOfHeap ? new OutOfMemoryError(`The page has too little memory for this training: ${error.message}`, { remedy, cause: error }) : error;
}
