/** Damage that knows the structure of a text: JSON (and so YAML, of which it is a part) stays valid and says something else. */

/** @typedef {import('../library.js').Rng} Rng */
/** @typedef {import('../library.js').Json} Json */

/** What programs stumble over where something else is expected. */
const hostile = /** @type {readonly Json[]} */ ([
  null, true, false, 0, -1, 1, 0.5, 7, 1e-320, 1e15, 2 ** 53, 1e300, -1e300, '', ' ', '0', '-1', '1e309', 'NaN', 'null', 'true', 'x', '\u0000', '\u202e',
  '__proto__', 'constructor', 'toString', '../../../etc/passwd', '/etc/passwd', 'javascript:alert(1)', '<script>', '%00', '\ud800', '{}', '[]', [], {}, [[]],
  [null], [1, 2], ['x'], { toString: 1 }, { length: 1e9 }, { valueOf: null, toString: null },
]);

/** Names that mean something to JavaScript. */
const names = ['__proto__', 'constructor', 'prototype', 'toString', 'length', '', ' ', '0', '__metadata__', 'then', 'gen', 'step', 'new_option'];

/** Every place in a value, as its parent and key. @param {Json} value @returns {[Json[] | { [key: string]: Json }, string][]} */
function places(value) {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, child]) => [/** @type {[Json[] | { [key: string]: Json }, string]} */ ([value, key]), ...places(child)]);
}

/** @template T @param {readonly T[]} list @param {Rng} rng */
const pick = (list, rng) => /** @type {T} */ (list[rng.integer(list.length)]);

/** @param {Json[] | { [key: string]: Json }} parent @param {string} key @returns {Json} */
const get = (parent, key) => /** @type {Record<string, Json>} */ (parent)[key] ?? null;

/** An assignment that makes a property even of `__proto__`. @param {object} parent @param {string} key @param {Json} value */
const set = (parent, key, value) => void Object.defineProperty(parent, key, { value, enumerable: true, configurable: true, writable: true });

/** @param {Json} value @param {Rng} rng @returns {Json} */
function other(value, rng) {
  const kind = rng.integer(10);
  if (kind === 0 && typeof value === 'number') return value + pick([-1, 1, 0.5, 1e9, -1e9, 2 ** 31], rng);
  if (kind === 1 && typeof value === 'string') return value.slice(0, 1000).repeat(pick([0, 2, 1000], rng));
  if (kind === 2) return [structuredClone(value)];
  if (kind === 3) return JSON.stringify(value);
  if (kind === 4) {
    /** @type {Json} */
    let deep = value;
    for (let i = rng.integer(400); i >= 0; i--) deep = rng.integer(2) === 0 ? [deep] : { a: deep };
    return deep;
  }
  return structuredClone(pick(hostile, rng));
}

/**
 * A value changed in one to three places.
 * @param {Json} original
 * @param {Rng} rng
 * @returns {Json}
 */
export function mutateJson(original, rng) {
  let value = structuredClone(original);
  for (let i = 1 + rng.integer(3); i > 0; i--) {
    const all = places(value);
    if (all.length === 0) return other(value, rng);
    const [parent, key] = pick(all, rng);
    const kind = rng.integer(6);
    if (kind === 0) Reflect.deleteProperty(parent, key);
    else if (kind === 1 && Array.isArray(parent)) parent.splice(rng.integer(parent.length + 1), rng.integer(2), other(get(parent, key), rng));
    else if (kind === 1) set(parent, pick(names, rng), other(get(parent, key), rng));
    else if (kind === 2) {
      const [from, name] = pick(all, rng);
      set(parent, key, structuredClone(get(from, name)));
    } else set(parent, key, other(get(parent, key), rng));
    if (rng.integer(200) === 0) value = other(value, rng);
  }
  return value;
}

const encoder = new TextEncoder();

/**
 * Half the time other values, half the time other bytes, sometimes both.
 * @param {string} text
 * @param {{ parse: (text: string) => Json, print: (value: Json) => string, mutate: (bytes: Uint8Array, next: () => number) => Uint8Array, rng: Rng }} how
 * @returns {Uint8Array}
 */
export function mutateText(text, { parse, print, mutate, rng }) {
  const kind = rng.integer(10);
  const bytes = encoder.encode(kind < 6 ? print(mutateJson(parse(text), rng)) : text);
  return kind === 0 || kind >= 6 ? mutate(bytes, () => rng.uniform()) : bytes;
}

/** A tensor file whose header says something else, with the length that it then has. @param {Uint8Array} file @param {(header: string) => Uint8Array} change */
export function withHeader(file, change) {
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const header = change(new TextDecoder().decode(file.subarray(8, 8 + length)));
  const result = new Uint8Array(8 + header.length + file.length - 8 - length);
  new DataView(result.buffer).setBigUint64(0, BigInt(header.length), true);
  result.set(header, 8);
  result.set(file.subarray(8 + length), 8 + header.length);
  return result;
}
