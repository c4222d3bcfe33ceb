/** PyTorch's persistent ids: `('storage', type, key, location, count[, view])`. */
import { TorchFileError } from '../../errors.js';
import { storageDtype } from './names.js';
import { PickleName, type PickleValue, StorageRef } from './values.js';

function refuse(what: string): TorchFileError {
  return new TorchFileError(`The file refers to its data in an unknown way: ${what}.`, {
    remedy: 'The file is damaged, or holds something else than tensors.',
  });
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** The storage that a persistent id names. */
export function storageOf(id: PickleValue): StorageRef {
  if (!Array.isArray(id) || id[0] !== 'storage') {
    if (Array.isArray(id) && id[0] === 'module') throw refuse('it holds the source of a Python module');
    throw refuse('the reference does not name a storage');
  }
  const [, type, key, , count, view] = id;
  const dtype = type instanceof PickleName ? storageDtype(type) : undefined;
  if (dtype === undefined) throw refuse('the storage has an unsupported element type');
  if (typeof key !== 'string') throw refuse('the storage has no name');
  if (!isCount(count)) throw refuse('the storage has no size');
  if (view === undefined || view === null) return new StorageRef(key, dtype, count);
  const [, start, length] = Array.isArray(view) ? view : [];
  if (!isCount(start) || !isCount(length) || start + length > count) throw refuse('a view lies outside its storage');
  return new StorageRef(key, dtype, count, start, length);
}
