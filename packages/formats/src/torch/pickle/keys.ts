/** Which values may be keys of a dictionary. */
import type { TorchKey } from '../tensor.js';

/** Whether a value may be a dictionary's key. */
export function isKey(value: unknown): value is TorchKey {
  return (
    typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
  );
}
