/**
 * The directory of a zip file, every number in it checked against the file.
 * (fflate unpacks the entries; its own directory reader gives no checksums, copies, and trusts sizes.)
 */
import { TorchFileError } from '../../errors.js';
import { ByteReader } from '../bytes.js';

export interface ZipEntry {
  readonly name: string;
  /** 0 stored, 8 deflated. */
  readonly method: number;
  readonly crc: number;
  readonly packedBytes: number;
  readonly bytes: number;
  readonly headerOffset: number;
}

interface Directory {
  readonly entries: number;
  readonly offset: number;
}

const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const CENTRAL = 0x02014b50;
const FULL_16 = 0xffff;
const FULL_32 = 0xffffffff;

function broken(what: string): TorchFileError {
  return new TorchFileError(`The zip file is not sound: ${what}.`, {
    remedy: 'The file is truncated or damaged; copy or download it again.',
  });
}

function findEnd(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lowest = Math.max(0, bytes.length - 22 - FULL_16);
  for (let at = bytes.length - 22; at >= lowest; at--) {
    if (view.getUint32(at, true) === END && at + 22 + view.getUint16(at + 20, true) === bytes.length) return at;
  }
  throw broken('its directory is missing');
}

function readEnd(bytes: Uint8Array): Directory {
  const at = findEnd(bytes);
  const reader = new ByteReader(bytes, 'zip directory', at + 10);
  const entries = reader.u16();
  reader.take(4);
  const offset = reader.u32();
  if (entries !== FULL_16 && offset !== FULL_32) return { entries, offset };
  return readEnd64(bytes, at - 20);
}

function readEnd64(bytes: Uint8Array, locatorAt: number): Directory {
  if (locatorAt < 0) throw broken('its 64-bit directory is missing');
  const locator = new ByteReader(bytes, 'zip directory', locatorAt);
  if (locator.u32() !== LOCATOR_64) throw broken('its 64-bit directory is missing');
  locator.take(4);
  const at = locator.u64();
  if (at > bytes.length) throw broken('its 64-bit directory lies outside it');
  const reader = new ByteReader(bytes, 'zip directory', at);
  if (reader.u32() !== END_64) throw broken('its 64-bit directory is missing');
  reader.take(28);
  const entries = reader.u64();
  reader.take(8);
  return { entries, offset: reader.u64() };
}

/** The 64-bit values of an entry's extra field, in the order of the 32-bit ones that are full. */
function readExtra64(extra: ByteReader): ByteReader | undefined {
  while (extra.remaining >= 4) {
    const id = extra.u16();
    const field = extra.view(extra.u16());
    if (id === 1) return new ByteReader(field, 'zip directory');
  }
  return undefined;
}

function readEntry(reader: ByteReader): ZipEntry {
  if (reader.u32() !== CENTRAL) throw broken('an entry of its directory is missing');
  reader.take(4);
  const flags = reader.u16();
  const method = reader.u16();
  reader.take(4);
  const crc = reader.u32();
  const sizes = [reader.u32(), reader.u32()];
  const nameBytes = reader.u16();
  const extraBytes = reader.u16();
  const commentBytes = reader.u16();
  reader.take(8);
  const header = reader.u32();
  const name = reader.utf8(nameBytes);
  const extra = readExtra64(new ByteReader(reader.view(extraBytes), 'zip directory'));
  reader.take(commentBytes);
  if ((flags & 1) !== 0) throw broken(`'${name}' is encrypted`);
  if (method !== 0 && method !== 8) throw broken(`'${name}' is packed with unknown method ${method}`);
  const wide = (value: number): number => {
    if (value !== FULL_32) return value;
    if (extra === undefined) throw broken(`'${name}' lacks its 64-bit size`);
    return extra.u64();
  };
  const bytes = wide(sizes[1] as number);
  const packedBytes = wide(sizes[0] as number);
  return { name, method, crc, packedBytes, bytes, headerOffset: wide(header) };
}

/**
 * The entries of a zip file by name.
 * @throws TorchFileError when the directory is missing, inconsistent or claims more than the file holds.
 */
export function readDirectory(bytes: Uint8Array): Map<string, ZipEntry> {
  const end = readEnd(bytes);
  // An entry of the directory has at least 46 bytes.
  if (end.offset > bytes.length || end.entries > (bytes.length - end.offset) / 46) {
    throw broken('its directory lies outside it');
  }
  const reader = new ByteReader(bytes, 'zip directory', end.offset);
  const entries = new Map<string, ZipEntry>();
  let packed = 0;
  for (let i = 0; i < end.entries; i++) {
    const entry = readEntry(reader);
    if (entries.has(entry.name)) throw broken(`it has '${entry.name}' twice`);
    entries.set(entry.name, entry);
    packed += entry.packedBytes;
  }
  // Overlapping entries are how a small file unpacks to a huge one.
  if (packed > bytes.length) throw broken('its entries overlap');
  return entries;
}
