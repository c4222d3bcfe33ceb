/** What is broken in TensorFlow's binding for Node, put right. */

/**
 * Puts back what the binding 4.22.0 calls and Node 23 removed from `util`.
 * Exported for its test.
 */
export function restoreUtil(target: { isNullOrUndefined?: (value: unknown) => boolean; isArray?: (value: unknown) => boolean }): void {
  target.isNullOrUndefined ??= (value) => value === null || value === undefined;
  target.isArray ??= Array.isArray;
}

/**
 * Sets what the C library reads from the environment as it makes its context; values of the user's are kept.
 * @returns what undoes the part that concerns this load alone
 */
export function prepareEnvironment(environment: Record<string, string | undefined>, where: 'gpu' | 'cpu', threads: number | undefined): () => void {
  // Take memory as it is needed and not all of the card's, and print warnings only.
  environment['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true';
  environment['TF_CPP_MIN_LOG_LEVEL'] ??= '1';
  if (threads !== undefined) environment['TF_NUM_INTRAOP_THREADS'] = String(threads);
  if (where === 'gpu') return () => undefined;
  // A library that can use a GPU takes the one it sees; afterwards the process's other libraries may see it again.
  const visible = environment['CUDA_VISIBLE_DEVICES'];
  environment['CUDA_VISIBLE_DEVICES'] = '-1';
  return () => {
    if (visible === undefined) delete environment['CUDA_VISIBLE_DEVICES'];
    else environment['CUDA_VISIBLE_DEVICES'] = visible;
  };
}
