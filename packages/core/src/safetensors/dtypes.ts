import { SafetensorsError } from '../errors/index.js';

/** The element types of the format that munit reads, with their bytes. */
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

export type SafetensorsDtype = keyof typeof dtypeBytes;

export function isDtype(name: unknown): name is SafetensorsDtype {
  return typeof name === 'string' && Object.hasOwn(dtypeBytes, name);
}

/** IEEE half precision to a number, subnormals, infinities and NaN included. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** A number to IEEE half precision, rounded to nearest even; overflow gives infinity. */
export function numberToHalf(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  if (magnitude >= 65520) return sign | 0x7c00;
  const exponent = magnitude < 2 ** -14 ? -14 : Math.floor(Math.log2(magnitude));
  const units = roundHalfEven(magnitude / 2 ** (exponent - 10));
  // 1024 units are the implicit leading bit; 2048 carry into the next exponent by themselves.
  return sign | (units + ((exponent + 14) << 10));
}

function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
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
      return read((at) => halfToNumber(view.getUint16(at, true)));
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
