/** Seeded damage to files: what storage, networks and enemies do to them. */
import { zipSync } from 'fflate';

/** A generator of 32-bit numbers (Marsaglia's xorshift32). */
export function random(seed: number): () => number {
  let state = seed === 0 ? 1 : seed >>> 0;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

type Mutation = (bytes: Uint8Array, below: (limit: number) => number) => Uint8Array;

/** Sizes and counts that break readers. */
const EVIL = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

/** Texts that mean something to JavaScript, Python or the formats. */
const WORDS = ['__proto__', 'constructor', 'prototype', 'toString', 'os\nsystem\n', 'builtins\neval\n', '../../../etc/passwd', '"__metadata__":', '[18446744073709551615]', '-1', '1e309', 'NaN', 'PK\u0001\u0002', '\u0080\u0002}q\0(', 'cposix\nsystem\n(Vtouch /tmp/munit-was-here\ntR.'];

function splice(bytes: Uint8Array, at: number, remove: number, insert: Uint8Array): Uint8Array {
  const result = new Uint8Array(bytes.length - remove + insert.length);
  result.set(bytes.subarray(0, at));
  result.set(insert, at);
  result.set(bytes.subarray(at + remove), at + insert.length);
  return result;
}

/** Headers and directories lie at the ends: half of the damage goes there. */
function place(bytes: Uint8Array, below: (limit: number) => number): number {
  const edge = Math.min(2048, bytes.length);
  const kind = below(4);
  if (kind === 0) return below(edge);
  if (kind === 1) return bytes.length - 1 - below(edge);
  return below(bytes.length);
}

const MUTATIONS: readonly Mutation[] = [
  (bytes, below) => bytes.subarray(0, below(bytes.length)),
  (bytes, below) => {
    const result = bytes.slice();
    for (let i = 0, n = 1 + below(8); i < n; i++) {
      const at = place(bytes, below);
      result[at] = (result[at] ?? 0) ^ (1 << below(8));
    }
    return result;
  },
  (bytes, below) => {
    const result = bytes.slice();
    for (let i = 0, n = 1 + below(4); i < n; i++) result[place(bytes, below)] = below(256);
    return result;
  },
  (bytes, below) => {
    const result = bytes.slice();
    const at = Math.min(place(bytes, below), Math.max(0, bytes.length - 8));
    const view = new DataView(result.buffer);
    if (bytes.length >= 8) view.setUint32(at, EVIL[below(EVIL.length)] ?? 0, true);
    if (bytes.length >= 8 && below(4) === 0) view.setUint32(at + 4, EVIL[below(EVIL.length)] ?? 0, true);
    return result;
  },
  (bytes, below) => splice(bytes, place(bytes, below), 0, Uint8Array.from(WORDS[below(WORDS.length)] ?? '', (c) => c.charCodeAt(0))),
  (bytes, below) => {
    const word = Uint8Array.from(WORDS[below(WORDS.length)] ?? '', (c) => c.charCodeAt(0));
    const at = Math.min(place(bytes, below), Math.max(0, bytes.length - word.length));
    return splice(bytes, at, Math.min(word.length, bytes.length - at), word);
  },
  (bytes, below) => {
    const at = place(bytes, below);
    return splice(bytes, at, Math.min(1 + below(64), bytes.length - at), new Uint8Array(0));
  },
  (bytes, below) => {
    const at = place(bytes, below);
    const from = below(bytes.length);
    return splice(bytes, at, 0, bytes.slice(from, from + 1 + below(256)));
  },
];

/** One to three mutations of a file. */
export function mutate(file: Uint8Array, next: () => number): Uint8Array {
  const below = (limit: number): number => Math.floor(next() * limit);
  let bytes = file;
  for (let i = 0, n = 1 + below(3); i < n && bytes.length > 0; i++) {
    bytes = (MUTATIONS[below(MUTATIONS.length)] as Mutation)(bytes, below);
  }
  return bytes;
}

/** A zip whose pickle is mutated before it is packed: the checksum is right, so that the pickle itself is read. */
export function mutatePickle(program: Uint8Array, storage: Uint8Array, next: () => number): Uint8Array {
  return zipSync({ 'x/data.pkl': mutate(program, next), 'x/data/0': storage, 'x/version': Uint8Array.of(51) }, { level: 0 });
}
