/** Writes what `torch.load` reads: PyTorch's zip form. */
import { type Zippable, zipSync } from 'fflate';
import { ArgumentError } from '@munit/core';
import { pickle } from './pickle/pickle.js';
import type { Writable } from './pickle/writable.js';
import { DTYPES } from './dtype.js';
import { sizeOf, type TorchTensor } from './tensor.js';

const ROOT = 'archive';
/** The first date that zip files can have: the same value gives the same file, at any time. */
const DATE = new Date(1980, 0, 1);
/** PyTorch starts each storage at a multiple of this, so that files can be mapped into memory. */
const ALIGNMENT = 64;
const LOCAL_HEADER = 30;
/** fflate writes no 64-bit zip files. */
const MAX_FILE = 2 ** 32 - 1;

function bytesOf(tensor: TorchTensor): Uint8Array {
  const { dtype, data, shape } = tensor;
  if (data.length !== sizeOf(shape)) {
    throw new ArgumentError(`A tensor of shape [${shape.join(', ')}] has ${data.length} values.`);
  }
  if (data.byteLength !== data.length * DTYPES[dtype].bytes) {
    throw new ArgumentError(`A tensor of type ${dtype} cannot be written from ${data.constructor.name}.`, {
      remedy: 'Write half-precision values as float32 tensors.',
    });
  }
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** The extra field that moves an entry's data to a multiple of 64, as PyTorch pads. */
function padding(offset: number, name: string): Record<number, Uint8Array> {
  const data = offset + LOCAL_HEADER + name.length + 4;
  return { 0x4246: new Uint8Array((ALIGNMENT - (data % ALIGNMENT)) % ALIGNMENT).fill(0x5a) };
}

/**
 * Writes a PyTorch file. The same value gives the same bytes; `torch.load(…, weights_only=True)` of 1.13 and later reads it,
 * and `torch.load` of 1.6 and later.
 * @throws ArgumentError when a tensor's type, shape and values disagree, or the file would pass 4 GiB
 */
export function writeTorch(value: Writable): Uint8Array {
  const { pickle: program, storages } = pickle(value);
  const text = (line: string): Uint8Array => new TextEncoder().encode(line);
  const entries: (readonly [string, Uint8Array])[] = [
    ['data.pkl', program],
    ['byteorder', text('little')],
    ...storages.map((tensor, key) => [`data/${key}`, bytesOf(tensor)] as const),
    ['version', text('3\n')],
  ];
  const zip: Zippable = {};
  let offset = 0;
  for (const [name, bytes] of entries) {
    const path = `${ROOT}/${name}`;
    const extra = padding(offset, path);
    zip[path] = [bytes, { level: 0, mtime: DATE, extra }];
    offset += LOCAL_HEADER + path.length + 4 + (extra[0x4246]?.length ?? 0) + bytes.length;
  }
  if (offset > MAX_FILE) throw new ArgumentError('The tensors take more than 4 GiB, more than one file can hold.');
  return zipSync(zip);
}
