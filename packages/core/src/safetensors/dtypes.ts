import { SafetensorsError } from '../errors/index.js';
import { fromHalves } from './half.js';

/** The element types, with their bytes. */
export const dtypeBytes = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  U16: 2,
  I16: 2,
  F16: 2,
  BF16: 2,
  U32: 4,
  I32: 4,
  F32: 4,
  U64: 8,
  I64: 8,
  F64: 8,
} as const;

/** The element types of the format that munit reads. */
export type SafetensorsDtype = keyof typeof dtypeBytes;

export function isDtype(name: unknown): name is SafetensorsDtype {
  return typeof name === 'string' && Object.hasOwn(dtypeBytes, name);
}

/**
 * Little-endian bytes as float32: halves and bfloats widened (exactly), doubles and integers rounded.
 */
export function toFloat32(dtype: SafetensorsDtype, bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = dtypeBytes[dtype];
  const read = (get: (offset: number) => number): Float32Array =>
    Float32Array.from({ length: bytes.byteLength / size }, (_, i) => get(i * size));
  switch (dtype) {
    case 'F32':
      if (bytes.byteOffset % 4 === 0) return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4).slice();
      return read((at) => view.getFloat32(at, true));
    case 'F16':
      // A copy: a view of 16 bits needs an even address.
      return fromHalves(new Uint16Array(bytes.slice().buffer));
    case 'BF16': {
      const wide = new DataView(new ArrayBuffer(4));
      return read((at) => {
        wide.setUint32(0, view.getUint16(at, true) << 16);
        return wide.getFloat32(0);
      });
    }
    case 'F64':
      return read((at) => view.getFloat64(at, true));
    case 'BOOL':
    case 'U8':
      return read((at) => view.getUint8(at));
    case 'I8':
      return read((at) => view.getInt8(at));
    case 'U16':
      return read((at) => view.getUint16(at, true));
    case 'I16':
      return read((at) => view.getInt16(at, true));
    case 'U32':
      return read((at) => view.getUint32(at, true));
    case 'I32':
      return read((at) => view.getInt32(at, true));
    case 'U64':
      return read((at) => Number(view.getBigUint64(at, true)));
    case 'I64':
      return read((at) => Number(view.getBigInt64(at, true)));
    default:
      throw new SafetensorsError(`The element type '${String(dtype satisfies never)}' is unknown.`);
  }
}
