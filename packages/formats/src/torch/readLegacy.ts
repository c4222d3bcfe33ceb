/**
 * PyTorch's stream form, written before 1.6: five pickles (magic number, protocol version, system, the object,
 * the storages' keys), then each storage in the keys' order: its element count in 8 bytes, and its elements.
 */
import { TorchFileError } from '../errors.js';
import { ByteReader } from './bytes.js';
import { DTYPES } from './dtype.js';
import { finish } from './finish.js';
import type { Limits } from './limits.js';
import { Materializer, type Storages } from './materialize.js';
import { storageOf } from './pickle/storage.js';
import { unpickle } from './pickle/unpickle.js';
import type { PickleValue, StorageRef } from './pickle/values.js';
import type { TorchValue } from './tensor.js';

/** `0x1950a86a20f9469cfc6c`: the first pickle of the stream. */
const MAGIC = 119547037146038801333356n;
const PROTOCOL = 1001;

/** A pickle of protocol 2 with a ten-byte integer: how every such file starts. */
const START = [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

/** Whether a file starts as the stream form does. */
export function isLegacy(file: Uint8Array): boolean {
  return START.every((byte, i) => file[i] === byte);
}

function refuse(what: string): TorchFileError {
  return new TorchFileError(what, { remedy: 'The file is truncated or damaged; copy or download it again.' });
}

/** Collects the storages that the object refers to; a key stands for one block. */
function storageTable(): { readonly table: Map<string, StorageRef>; persistent: (id: PickleValue) => StorageRef } {
  const table = new Map<string, StorageRef>();
  const persistent = (id: PickleValue): StorageRef => {
    const storage = storageOf(id);
    const known = table.get(storage.key);
    if (known !== undefined && (known.dtype !== storage.dtype || known.count !== storage.count)) {
      throw refuse(`The file describes the storage '${storage.key}' in two ways.`);
    }
    table.set(storage.key, storage);
    return storage;
  };
  return { table, persistent };
}

/** The elements behind the pickles, by key. */
function readStorages(
  reader: ByteReader,
  keys: PickleValue,
  table: ReadonlyMap<string, StorageRef>,
): Map<string, Uint8Array> {
  if (!Array.isArray(keys)) throw refuse('The list of storages is not a list.');
  const blocks = new Map<string, Uint8Array>();
  for (const key of keys) {
    const storage = typeof key === 'string' ? table.get(key) : undefined;
    if (storage === undefined || blocks.has(storage.key)) {
      throw refuse(`The list of storages names ${typeof key === 'string' ? `'${key.slice(0, 40)}'` : 'something'} that no tensor uses, or one twice.`);
    }
    const count = reader.u64();
    if (count !== storage.count) {
      throw refuse(`The storage '${storage.key}' should have ${storage.count} elements, but states ${count}.`);
    }
    blocks.set(storage.key, reader.view(count * DTYPES[storage.dtype].bytes));
  }
  return blocks;
}

/** @throws TorchFileError */
export function readLegacy(file: Uint8Array, limits: Limits): TorchValue {
  const reader = new ByteReader(file, 'PyTorch file');
  if (unpickle(reader) !== MAGIC) throw refuse('The file does not start with the number that PyTorch writes.');
  const protocol = unpickle(reader);
  if (protocol !== PROTOCOL) {
    throw new TorchFileError(`The file has protocol version ${typeof protocol === 'number' ? protocol : 'unknown'}; ${PROTOCOL} is the one that is known.`, {
      remedy: 'Load it in PyTorch and save it again.',
    });
  }
  unpickle(reader); // the system: elements are little-endian whatever it was
  const { table, persistent } = storageTable();
  const value = unpickle(reader, { persistent });
  const blocks = readStorages(reader, unpickle(reader), table);
  const storages: Storages = (storage) => {
    const block = blocks.get(storage.key);
    if (block === undefined) throw refuse(`The storage '${storage.key}' is missing.`);
    return block;
  };
  return finish(value, new Materializer(storages, limits));
}
