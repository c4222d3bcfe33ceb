/** PyTorch's zip form, written since 1.6: `NAME/data.pkl`, `NAME/byteorder`, and one `NAME/data/KEY` per storage. */
import { TorchFileError } from '../errors.js';
import { ByteReader } from './bytes.js';
import { DTYPES } from './dtype.js';
import { finish } from './finish.js';
import { FREE_INFLATION, type Limits, MAX_INFLATION, MAX_PICKLE_BYTES } from './limits.js';
import { Materializer, type Storages } from './materialize.js';
import { storageOf } from './pickle/storage.js';
import { unpickle } from './pickle/unpickle.js';
import type { TorchValue } from './tensor.js';
import { readDirectory, type ZipEntry } from './zip/directory.js';
import { readEntry } from './zip/entry.js';

const DATA = 'data.pkl';

/** The folder of the archive, with its slash. */
function findRoot(entries: ReadonlyMap<string, ZipEntry>): string {
  const roots = [...entries.keys()].filter((name) => name === DATA || name.endsWith(`/${DATA}`));
  const [found] = roots;
  if (found === undefined || roots.length > 1) {
    throw new TorchFileError(`A zip file of PyTorch has one '${DATA}'; this one has ${roots.length}.`, {
      remedy: 'Give the file that torch.save wrote, not one that it was packed into.',
    });
  }
  const root = found.slice(0, -DATA.length);
  if (entries.has(`${root}constants.pkl`)) {
    throw new TorchFileError('The file is a TorchScript archive: it holds a program, not only weights.', {
      remedy: 'Load it in PyTorch and torch.save(module.state_dict(), …).',
    });
  }
  return root;
}

/** Reverses the bytes of each element. */
function swap(bytes: Uint8Array, itemBytes: number): Uint8Array {
  const result = bytes.slice();
  for (let at = 0; at + itemBytes <= result.length; at += itemBytes) result.subarray(at, at + itemBytes).reverse();
  return result;
}

/** Opens entries by name, each with the most bytes it may have, and all together with the most that the file may unpack to. */
function opener(file: Uint8Array, limits: Limits): (name: string, most: number) => Uint8Array | undefined {
  const entries = readDirectory(file);
  const root = findRoot(entries);
  let budget = MAX_INFLATION * file.length + FREE_INFLATION;
  return (name, most) => {
    const entry = entries.get(root + name);
    if (entry === undefined) return undefined;
    if (entry.method !== 0) {
      budget -= entry.bytes;
      if (budget < 0) {
        throw new TorchFileError(`The file of ${file.length} bytes unpacks to more than ${MAX_INFLATION} times its size.`, {
          remedy: 'torch.save does not compress. If you trust the file, unpack it and store its entries in a new zip file uncompressed (zip -0).',
        });
      }
    }
    return readEntry(file, entry, most, limits);
  };
}

/** @throws TorchFileError */
export function readZip(file: Uint8Array, limits: Limits): TorchValue {
  const open = opener(file, limits);
  const order = new TextDecoder().decode(open('byteorder', 64) ?? new Uint8Array()).trim();
  const cache = new Map<string, Uint8Array>();
  const storages: Storages = (storage) => {
    const known = cache.get(storage.key);
    const expected = storage.count * DTYPES[storage.dtype].bytes;
    const bytes = known ?? open(`data/${storage.key}`, Math.min(expected, limits.maxBytes));
    if (bytes?.length !== expected) {
      throw new TorchFileError(
        `The storage '${storage.key}' should have ${expected} bytes, and ${bytes === undefined ? 'is missing' : `has ${bytes.length}`}.`,
        { remedy: 'The file is damaged; copy or download it again.' },
      );
    }
    const ordered = known === undefined && order === 'big' ? swap(bytes, DTYPES[storage.dtype].bytes) : bytes;
    cache.set(storage.key, ordered);
    return ordered;
  };
  const pickle = open(DATA, MAX_PICKLE_BYTES) ?? new Uint8Array();
  const value = unpickle(new ByteReader(pickle, DATA), { persistent: storageOf });
  return finish(value, new Materializer(storages, limits));
}
