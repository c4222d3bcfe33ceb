/** From the unpickler's values to the plain ones that readers give out. */
import { TorchFileError } from '../errors.js';
import { MAX_DEPTH, MAX_VALUES } from './limits.js';
import type { Materializer } from './materialize.js';
import { PendingTensor, PickleName, type PickleValue, StorageRef } from './pickle/values.js';
import type { TorchKey, TorchValue } from './tensor.js';

/**
 * Fills in the tensors. A value that contains itself, or parts shared so often that walking them would not end
 * in reasonable time, is refused here, so that no reader of the result needs to think of them.
 * @throws TorchFileError
 */
export function finish(root: PickleValue, materializer: Materializer): TorchValue {
  let values = 0;
  const convert = (value: PickleValue, depth: number): TorchValue => {
    if (depth > MAX_DEPTH || ++values > MAX_VALUES) {
      throw new TorchFileError(
        `The file nests values more than ${MAX_DEPTH} deep, or holds more than ${MAX_VALUES} of them.`,
        { remedy: 'No checkpoint needs that; the file is damaged or was made to mislead.' },
      );
    }
    if (value instanceof PendingTensor) return materializer.tensor(value);
    if (value instanceof PickleName) return value.full;
    if (value instanceof StorageRef) {
      throw new TorchFileError('The file holds a storage that belongs to no tensor.', {
        remedy: 'Save tensors, or the state_dict() of a module.',
      });
    }
    if (value instanceof Uint8Array) return value.slice();
    if (Array.isArray(value)) return value.map((item) => convert(item, depth + 1));
    if (value instanceof Map) {
      const dict = new Map<TorchKey, TorchValue>();
      for (const [key, item] of value) dict.set(key, convert(item, depth + 1));
      return dict;
    }
    return value;
  };
  return convert(root, 0);
}
