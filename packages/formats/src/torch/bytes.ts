/** A cursor over bytes that never reads past the end. Little-endian unless named otherwise. */
import { TorchFileError } from '../errors.js';

const UTF8 = new TextDecoder('utf-8', { fatal: true });
const LATIN1 = new TextDecoder('latin1');

export class ByteReader {
  readonly bytes: Uint8Array;
  position: number;
  readonly #view: DataView;
  readonly #what: string;

  /** `what` names the part of the file in messages. */
  constructor(bytes: Uint8Array, what: string, position = 0) {
    this.bytes = bytes;
    this.position = position;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#what = what;
  }

  get remaining(): number {
    return this.bytes.length - this.position;
  }

  /** Moves past `count` bytes and gives where they start. @throws TorchFileError when they are not all there. */
  take(count: number): number {
    if (!Number.isSafeInteger(count) || count < 0 || count > this.remaining) {
      throw new TorchFileError(
        `The ${this.#what} ends too early: ${count} bytes were expected at offset ${this.position}, and ${this.remaining} are left.`,
        { remedy: 'The file is truncated or damaged; copy or download it again.' },
      );
    }
    const start = this.position;
    this.position += count;
    return start;
  }

  u8(): number {
    return this.#view.getUint8(this.take(1));
  }

  u16(): number {
    return this.#view.getUint16(this.take(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.take(4), true);
  }

  i32(): number {
    return this.#view.getInt32(this.take(4), true);
  }

  /** A 64-bit count. @throws TorchFileError beyond 2^53, which no file holds. */
  u64(): number {
    const value = this.#view.getBigUint64(this.take(8), true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw new TorchFileError(`The ${this.#what} states an impossible size of ${value}.`, {
        remedy: 'The file is damaged.',
      });
    }
    return Number(value);
  }

  f64BigEndian(): number {
    return this.#view.getFloat64(this.take(8), false);
  }

  /** A view, not a copy. */
  view(count: number): Uint8Array {
    const start = this.take(count);
    return this.bytes.subarray(start, start + count);
  }

  utf8(count: number): string {
    const bytes = this.view(count);
    try {
      return UTF8.decode(bytes);
    } catch (cause) {
      throw new TorchFileError(`The ${this.#what} has a text that is not UTF-8.`, {
        cause,
        remedy: 'The file is damaged.',
      });
    }
  }

  latin1(count: number): string {
    return LATIN1.decode(this.view(count));
  }

  /** Text up to the next line feed, of at most `limit` characters. */
  line(limit: number): string {
    const end = this.bytes.subarray(0, Math.min(this.bytes.length, this.position + limit + 1)).indexOf(10, this.position);
    if (end < 0) {
      throw new TorchFileError(`The ${this.#what} has a line without an end within ${limit} characters.`, {
        remedy: 'The file is damaged.',
      });
    }
    const text = this.latin1(end - this.position);
    this.position += 1;
    return text;
  }
}
