import { SafetensorsError } from '../errors/index.js';
import { dtypeBytes } from './dtypes.js';
import { toHalves } from './half.js';

/** What to write under a name. Float32 values may be stored as F32 (default) or rounded to F16. */
export interface WriteEntry {
  /** Sizes of its axes; empty for a scalar. */
  readonly shape: readonly number[];
  /** The values, row-major. */
  readonly data: Float32Array;
  /** How they are stored. Default F32. */
  readonly dtype?: 'F32' | 'F16' | undefined;
}

/**
 * Writes a safetensors file: names in their given order, data aligned to 8 bytes, the same bytes for the same input.
 * @throws SafetensorsError when data and shape differ in size, or a name is `__metadata__`
 */
export function writeSafetensors(entries: Iterable<readonly [string, WriteEntry]>, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  // A null prototype: a tensor may be called anything, `__proto__` too.
  const header: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  if (Object.keys(metadata).length > 0) header['__metadata__'] = metadata;
  const parts: { readonly entry: WriteEntry; readonly begin: number }[] = [];
  let size = 0;
  for (const [name, entry] of entries) {
    if (name === '__metadata__' || name in header) throw new SafetensorsError(`The tensor name '${name}' is taken.`);
    const dtype = entry.dtype ?? 'F32';
    const count = entry.shape.reduce((product, n) => product * n, 1);
    if (count !== entry.data.length) {
      throw new SafetensorsError(`The tensor '${name}' has ${entry.data.length} values, but its shape [${entry.shape.join(', ')}] holds ${count}.`);
    }
    const bytes = count * dtypeBytes[dtype];
    header[name] = { dtype, shape: entry.shape, data_offsets: [size, size + bytes] };
    parts.push({ entry, begin: size });
    size += bytes;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const headerLength = Math.ceil(json.length / 8) * 8; // padded by spaces, as the format asks
  const file = new Uint8Array(8 + headerLength + size);
  const view = new DataView(file.buffer);
  view.setBigUint64(0, BigInt(headerLength), true);
  file.fill(0x20, 8, 8 + headerLength);
  file.set(json, 8);
  for (const { entry, begin } of parts) {
    let at = 8 + headerLength + begin;
    if (entry.dtype === 'F16') file.set(new Uint8Array(toHalves(entry.data).buffer), at);
    else if (at % 4 === 0) new Float32Array(file.buffer, at, entry.data.length).set(entry.data);
    else {
      for (const value of entry.data) {
        view.setFloat32(at, value, true);
        at += 4;
      }
    }
  }
  return file;
}
