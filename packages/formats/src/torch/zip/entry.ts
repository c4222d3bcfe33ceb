/** The bytes of one zip entry. */
import { Inflate } from 'fflate';
import { TorchFileError } from '../../errors.js';
import { ByteReader } from '../bytes.js';
import type { Limits } from '../limits.js';
import { crc32 } from './crc32.js';
import type { ZipEntry } from './directory.js';

const LOCAL = 0x04034b50;
/** Deflate cannot shrink data by more than this factor. */
const MAX_DEFLATE_RATIO = 1032;
const CHUNK = 65536;

function broken(name: string, what: string): TorchFileError {
  return new TorchFileError(`The zip entry '${name}' ${what}.`, {
    remedy: 'The file is truncated or damaged; copy or download it again.',
  });
}

/** Unpacks in pieces and stops as soon as there is more than was declared: a lie costs no memory. */
function inflate(entry: ZipEntry, packed: Uint8Array): Uint8Array {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const stream = new Inflate((piece) => {
    pieces.push(piece);
    length += piece.length;
    if (length > entry.bytes) throw broken(entry.name, 'unpacks to more than it states');
  });
  try {
    for (let at = 0; at < packed.length; at += CHUNK) {
      stream.push(packed.subarray(at, at + CHUNK), at + CHUNK >= packed.length);
    }
  } catch (cause) {
    if (cause instanceof TorchFileError) throw cause;
    throw new TorchFileError(`The zip entry '${entry.name}' cannot be unpacked.`, {
      cause,
      remedy: 'The file is damaged; copy or download it again.',
    });
  }
  if (length !== entry.bytes) throw broken(entry.name, `unpacks to ${length} bytes instead of ${entry.bytes}`);
  return concat(pieces, length);
}

function concat(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const result = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    result.set(piece, at);
    at += piece.length;
  }
  return result;
}

/**
 * The bytes of an entry, checked and unpacked: a view of `file` where the entry is stored as it is.
 * @param most What the entry may have at most, known before it is unpacked.
 * @throws TorchFileError when the entry lies outside the file, states a wrong size or one over `most`, or fails its checksum
 */
export function readEntry(file: Uint8Array, entry: ZipEntry, most: number, { verifyChecksums }: Pick<Limits, 'verifyChecksums'>): Uint8Array {
  if (entry.headerOffset > file.length) throw broken(entry.name, 'lies outside the file');
  const reader = new ByteReader(file, `zip entry '${entry.name}'`, entry.headerOffset);
  if (reader.u32() !== LOCAL) throw broken(entry.name, 'has no header where the directory says');
  reader.take(22);
  const nameBytes = reader.u16();
  reader.take(nameBytes + reader.u16());
  const packed = reader.view(entry.packedBytes);
  if (entry.bytes > most) throw broken(entry.name, `claims ${entry.bytes} bytes where at most ${most} are allowed`);
  if (entry.bytes > MAX_DEFLATE_RATIO * entry.packedBytes) {
    throw broken(entry.name, `claims ${entry.bytes} bytes, which its ${entry.packedBytes} cannot hold`);
  }
  if (entry.method === 0 && entry.bytes !== entry.packedBytes) throw broken(entry.name, 'states two different sizes');
  const bytes = entry.method === 0 ? packed : inflate(entry, packed);
  if (verifyChecksums && crc32(bytes) !== entry.crc) {
    throw new TorchFileError(`The zip entry '${entry.name}' does not match its checksum.`, {
      remedy:
        'The file is damaged; copy or download it again. For a file that was written without checksums, set verifyChecksums to false.',
    });
  }
  return bytes;
}
