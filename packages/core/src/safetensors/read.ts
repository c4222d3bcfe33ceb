import { SafetensorsError } from '../errors/index.js';
import { dtypeBytes, isDtype, type SafetensorsDtype, toFloat32 } from './dtypes.js';

/** One tensor of a file; `bytes` is a view into it, little-endian, row-major. */
export interface StoredTensor {
  /** The element type in the file. */
  readonly dtype: SafetensorsDtype;
  /** Sizes of its axes; empty for a scalar. */
  readonly shape: readonly number[];
  /** The values as the file has them. */
  readonly bytes: Uint8Array;
  /** The values as float32, a copy; F16 and BF16 are widened exactly. */
  readonly float32: () => Float32Array;
}

/** What a safetensors file holds. */
export interface Safetensors {
  /** The tensors by name, in the header's order. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** The strings of `__metadata__`. */
  readonly metadata: ReadonlyMap<string, string>;
}

/** The format's own limit on the header (huggingface/safetensors). */
const maxHeaderBytes = 100_000_000;

/**
 * Reads a safetensors file from memory.
 *
 * Layout: an unsigned 64-bit little-endian header length, that many bytes of JSON
 * (`name: { dtype, shape, data_offsets: [begin, end] }` and `__metadata__`), then the data that the offsets point into.
 * Everything is checked before any value is read: lengths, types, offsets inside the file, sizes that match shapes, no overlap and no gap.
 *
 * @throws SafetensorsError that names what is wrong
 */
export function readSafetensors(file: Uint8Array): Safetensors {
  const { header, dataStart } = parseHeader(file);
  const data = file.subarray(dataStart);
  const tensors = new Map<string, StoredTensor>();
  const metadata = new Map<string, string>();
  const ranges: { name: string; begin: number; end: number }[] = [];
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') {
      for (const [key, text] of Object.entries(asObject(value, '__metadata__'))) {
        if (typeof text !== 'string') throw new SafetensorsError(`The metadata '${key}' must be a string, but it is ${typeof text}.`);
        metadata.set(key, text);
      }
      continue;
    }
    const { dtype, shape, begin, end } = parseEntry(name, value, data.byteLength);
    ranges.push({ name, begin, end });
    const bytes = data.subarray(begin, end);
    tensors.set(name, { dtype, shape, bytes, float32: () => toFloat32(dtype, bytes) });
  }
  checkRanges(ranges, data.byteLength);
  return { tensors, metadata };
}

function parseHeader(file: Uint8Array): { header: Record<string, unknown>; dataStart: number } {
  const remedy = 'The file is truncated or is not safetensors; fetch or save it again.';
  if (file.byteLength < 8) throw new SafetensorsError(`A safetensors file has at least 8 bytes, but this has ${file.byteLength}.`, { remedy });
  const length = new DataView(file.buffer, file.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(maxHeaderBytes)) {
    throw new SafetensorsError(`The header says that it is ${length} bytes long; the format allows ${maxHeaderBytes}.`, { remedy });
  }
  const dataStart = 8 + Number(length);
  if (dataStart > file.byteLength) {
    throw new SafetensorsError(`The header says that it is ${length} bytes long, but only ${file.byteLength - 8} bytes follow.`, { remedy });
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(file.subarray(8, dataStart)));
  } catch (cause) {
    throw new SafetensorsError('The header is not valid JSON.', { cause, remedy });
  }
  return { header: asObject(parsed, 'the header'), dataStart };
}

function asObject(value: unknown, what: string): Record<string, unknown> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new SafetensorsError(`In the header, ${what} must be an object.`);
  }
  return value as Record<string, unknown>;
}

const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function parseEntry(
  name: string,
  value: unknown,
  available: number,
): { dtype: SafetensorsDtype; shape: readonly number[]; begin: number; end: number } {
  const { dtype, shape, data_offsets: offsets } = asObject(value, `'${name}'`);
  if (!isDtype(dtype)) {
    throw new SafetensorsError(`The tensor '${name}' has the unknown element type ${typeof dtype === 'string' ? `'${dtype.slice(0, 40)}'` : `(a value of type ${typeof dtype})`}; known types: ${Object.keys(dtypeBytes).join(', ')}.`);
  }
  if (!Array.isArray(shape) || !shape.every(isSize)) throw new SafetensorsError(`The shape of the tensor '${name}' must be a list of sizes.`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize)) {
    throw new SafetensorsError(`The tensor '${name}' must have two data offsets.`);
  }
  const [begin, end] = offsets as [number, number];
  if (begin > end || end > available) {
    throw new SafetensorsError(`The tensor '${name}' claims the bytes ${begin} to ${end}, but the file holds ${available} bytes of data.`, {
      remedy: 'The file is truncated; fetch or save it again.',
    });
  }
  const expected = shape.reduce((product: number, size: number) => product * size, dtypeBytes[dtype]);
  if (expected !== end - begin) {
    throw new SafetensorsError(`The tensor '${name}' of type ${dtype} and shape [${shape.join(', ')}] needs ${expected} bytes, but the file gives it ${end - begin}.`);
  }
  return { dtype, shape, begin, end };
}

function checkRanges(ranges: { name: string; begin: number; end: number }[], available: number): void {
  ranges.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let at = 0;
  let before = '';
  for (const { name, begin, end } of ranges) {
    if (begin < at) throw new SafetensorsError(`The tensors '${before}' and '${name}' claim the same bytes.`);
    if (begin > at) throw new SafetensorsError(`The ${begin - at} bytes before the tensor '${name}' belong to nothing.`);
    at = end;
    before = name;
  }
  if (at !== available) throw new SafetensorsError(`The last ${available - at} bytes of the file belong to no tensor.`);
}
