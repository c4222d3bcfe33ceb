import { describe, expect, test } from 'vitest';
import { SafetensorsError } from '../errors/index.js';
import { fromHalves, toHalves } from './half.js';
import { toFloat32 } from './dtypes.js';
import { readSafetensors } from './read.js';
import { writeSafetensors } from './write.js';

/** A file from a header, as JSON or as an object, and the data after it. */
function file(header: object | string, data: Uint8Array | number = 0, claimedLength?: bigint): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const body = typeof data === 'number' ? new Uint8Array(data) : data;
  const bytes = new Uint8Array(8 + json.length + body.length);
  new DataView(bytes.buffer).setBigUint64(0, claimedLength ?? BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(body, 8 + json.length);
  return bytes;
}

const entry = (dtype: unknown, shape: readonly unknown[], begin: unknown, end: unknown) => ({ dtype, shape, data_offsets: [begin, end] });
const bytesOf = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe('round trip', () => {
  test('values, shapes, order, metadata, scalars and empty tensors', () => {
    const values = Float32Array.of(0, -0, 1.5, NaN, Infinity, -Infinity, 1e-45, 3.4028234663852886e38);
    const written = writeSafetensors(
      [
        ['z.weight', { shape: [2, 4], data: values }],
        ['a', { shape: [], data: Float32Array.of(7) }],
        ['empty', { shape: [0, 3], data: new Float32Array(0) }],
        ['ключ "quoted"\n', { shape: [1], data: Float32Array.of(-2) }],
      ],
      { format: 'pt', note: 'ü' },
    );
    const { tensors, metadata } = readSafetensors(written);
    expect([...tensors.keys()]).toEqual(['z.weight', 'a', 'empty', 'ключ "quoted"\n']);
    expect([...metadata]).toEqual([['format', 'pt'], ['note', 'ü']]);
    expect(tensors.get('z.weight')).toMatchObject({ dtype: 'F32', shape: [2, 4] });
    // Bit for bit, the sign of zero and NaN included.
    expect(tensors.get('z.weight')?.bytes).toEqual(new Uint8Array(values.buffer));
    expect(tensors.get('a')?.float32()).toEqual(Float32Array.of(7));
    expect(tensors.get('empty')?.float32()).toEqual(new Float32Array(0));
  });

  test('the bytes are those of the format: length, padded header, data', () => {
    const written = writeSafetensors([['x', { shape: [1], data: Float32Array.of(1) }]]);
    const length = Number(new DataView(written.buffer).getBigUint64(0, true));
    expect((8 + length) % 8).toBe(0);
    expect(new TextDecoder().decode(written.subarray(8, 8 + length)).trimEnd()).toBe('{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}');
    expect([...written.subarray(8 + length)]).toEqual([0, 0, 0x80, 0x3f]);
    expect(writeSafetensors([['x', { shape: [1], data: Float32Array.of(1) }]])).toEqual(written);
  });

  test('a view into a larger buffer, at an odd offset', () => {
    const written = writeSafetensors([['x', { shape: [2], data: Float32Array.of(1, -2) }]]);
    const shifted = new Uint8Array(written.length + 3);
    shifted.set(written, 3);
    expect(readSafetensors(shifted.subarray(3)).tensors.get('x')?.float32()).toEqual(Float32Array.of(1, -2));
  });

  test('halves and floats one after another, whatever their alignment', () => {
    const { tensors } = readSafetensors(
      writeSafetensors([
        ['h', { shape: [3], data: Float32Array.of(0.5, -1, 65504), dtype: 'F16' }],
        ['f', { shape: [2], data: Float32Array.of(0.1, 0.2) }],
      ]),
    );
    expect(tensors.get('h')?.dtype).toBe('F16');
    expect(tensors.get('h')?.float32()).toEqual(Float32Array.of(0.5, -1, 65504));
    expect(tensors.get('f')?.float32()).toEqual(Float32Array.of(0.1, 0.2));
  });

  test('what cannot be written', () => {
    const one = { shape: [1], data: Float32Array.of(1) };
    expect(() => writeSafetensors([['x', { shape: [3], data: Float32Array.of(1) }]])).toThrow("The tensor 'x' has 1 values, but its shape [3] holds 3.");
    expect(() => writeSafetensors([['x', one], ['x', one]])).toThrow("The tensor name 'x' is taken.");
    expect(() => writeSafetensors([['__metadata__', one]])).toThrow(SafetensorsError);
  });
});

describe('element types', () => {
  const le = (size: number, set: (view: DataView) => void): Uint8Array => {
    const view = new DataView(new ArrayBuffer(size));
    set(view);
    return new Uint8Array(view.buffer);
  };

  test.each([
    ['BOOL', bytesOf(0, 1), [0, 1]],
    ['U8', bytesOf(0, 255), [0, 255]],
    ['I8', bytesOf(128, 127), [-128, 127]],
    ['U16', bytesOf(0xff, 0xff, 1, 0), [65535, 1]],
    ['I16', bytesOf(0, 0x80, 1, 0), [-32768, 1]],
    ['U32', bytesOf(0xff, 0xff, 0xff, 0xff), [4294967296]],
    ['I32', bytesOf(0, 0, 0, 0x80), [-2147483648]],
    ['U64', le(8, (v) => v.setBigUint64(0, 2n ** 63n, true)), [2 ** 63]],
    ['I64', le(8, (v) => v.setBigInt64(0, -5n, true)), [-5]],
    ['F32', le(4, (v) => v.setFloat32(0, -0.1, true)), [Math.fround(-0.1)]],
    ['F64', le(8, (v) => v.setFloat64(0, 0.1, true)), [Math.fround(0.1)]],
    ['BF16', bytesOf(0x80, 0x3f, 0x49, 0x40, 0x80, 0xff, 0xc0, 0x7f, 0x01, 0x00), [1, 3.140625, -Infinity, NaN, 2 ** -133]],
    ['F16', bytesOf(0x00, 0x3c, 0x55, 0x35, 0xff, 0x7b, 0x00, 0xfc, 0x00, 0x7e), [1, 0.333251953125, 65504, -Infinity, NaN]],
    ['F16', bytesOf(0x01, 0x00, 0xff, 0x03, 0x00, 0x04, 0x01, 0x80), [2 ** -24, 1023 * 2 ** -24, 2 ** -14, -(2 ** -24)]],
  ] as const)('%s %j', (dtype, bytes, expected) => {
    const { tensors } = readSafetensors(file({ x: entry(dtype, [expected.length], 0, bytes.length) }, bytes));
    expect([...(tensors.get('x')?.float32() ?? [])]).toEqual([...expected]);
  });

  const all = Uint16Array.from({ length: 0x10000 }, (_, bits) => bits);
  const isNaNBits = (bits: number): boolean => (bits & 0x7c00) === 0x7c00 && (bits & 0x3ff) !== 0;

  test('F16: every half is what its formula says, and comes back as it was', () => {
    // (−1)^s 2^(e − 15) (1 + f / 1024), and without the 1 where e is 0 (IEEE 754, 3.4).
    const formula = (bits: number): number => {
      const [sign, e, f] = [(bits & 0x8000) === 0 ? 1 : -1, (bits >> 10) & 0x1f, bits & 0x3ff];
      if (e === 31) return f === 0 ? sign * Infinity : NaN;
      return e === 0 ? sign * f * 2 ** -24 : sign * (1 + f / 1024) * 2 ** (e - 15);
    };
    const wide = toFloat32('F16', new Uint8Array(all.buffer));
    expect([...all].filter((bits) => !Object.is(wide[bits], formula(bits)))).toEqual([]);
    const back = toHalves(wide);
    expect([...all].filter((bits) => back[bits] !== (isNaNBits(bits) ? 0x7e00 : bits))).toEqual([]);
  });

  test('F16: between every two halves, float32 goes to the nearer one, and from the middle to the even one', () => {
    const wide = fromHalves(all);
    const wrong: number[] = [];
    // Beyond 65504 it rounds as if the halves went on: to 65536, which is infinity.
    const value = (bits: number): number => (bits === 0x7c00 ? 65536 : (wide[bits] as number));
    for (let bits = 0; bits < 0x7c00; bits++) {
      // Exact in float32, and so are its neighbours, one unit of its last place away.
      const middle = (value(bits) + value(bits + 1)) / 2;
      const word = new Uint32Array(Float32Array.of(middle).buffer)[0] as number;
      const around = new Float32Array(Uint32Array.of(word - 1, word, word + 1).buffer);
      const expected = [bits, bits % 2 === 0 ? bits : bits + 1, bits + 1];
      for (const sign of [1, -1]) {
        const got = toHalves(around.map((v) => sign * v));
        if (expected.some((half, i) => got[i] !== (sign < 0 ? half | 0x8000 : half))) wrong.push(sign * bits);
      }
    }
    expect(wrong).toEqual([]);
  });

  test('F16: what is too small is zero with its sign, what is too large infinite', () => {
    const extremes = Float32Array.of(-1e-30, 2 ** -25, 3.4e38, -Infinity, NaN, -0, 1e-45);
    expect([...toHalves(extremes)]).toEqual([0x8000, 0, 0x7c00, 0xfc00, 0x7e00, 0x8000, 0]);
    expect([...toHalves(Float32Array.of(9, 1, 2).subarray(1))]).toEqual([0x3c00, 0x4000]);
  });
});

describe('broken files, each with its own message', () => {
  const truncated = 'The file is truncated or is not safetensors; fetch or save it again.';
  test.each<[string, Uint8Array, string]>([
    ['empty', new Uint8Array(0), `A safetensors file has at least 8 bytes, but this has 0. ${truncated}`],
    ['a header over the limit', file('{}', 0, 100_000_001n), `The header says that it is 100000001 bytes long; the format allows 100000000. ${truncated}`],
    ['a header of 2⁶⁴ − 1', file('{}', 0, 2n ** 64n - 1n), 'The header says that it is 18446744073709551615 bytes long'],
    ['a header beyond the end', file('{}', 0, 3n), `The header says that it is 3 bytes long, but only 2 bytes follow. ${truncated}`],
    ['no JSON', file('{"x":'), `The header is not valid JSON. ${truncated}`],
    ['no UTF-8', file('{}', bytesOf(0xff), 3n), 'The header is not valid JSON.'],
    ['a list', file('[]'), 'In the header, the header must be an object.'],
    ['an entry that is not an object', file({ x: 3 }), "In the header, 'x' must be an object."],
    ['metadata that is not text', file({ __metadata__: { n: 1 } }), "The metadata 'n' must be a string, but it is number."],
    ['metadata that is not an object', file({ __metadata__: 'x' }), 'In the header, __metadata__ must be an object.'],
    ['an unknown type', file({ x: entry('F4', [1], 0, 1) }, 1), "The tensor 'x' has the unknown element type 'F4'; known types: BOOL, U8,"],
    ['a type that cannot be shown', file({ x: entry({ toString: 1 }, [1], 0, 1) }, 1), "The tensor 'x' has the unknown element type (a value of type object)"],
    ['an inherited type', file({ x: entry('toString', [1], 0, 1) }, 1), "The tensor 'x' has the unknown element type 'toString'"],
    ['a negative size', file({ x: entry('U8', [-1], 0, 1) }, 1), "The shape of the tensor 'x' must be a list of sizes."],
    ['a fractional size', file({ x: entry('U8', [0.5, 2], 0, 1) }, 1), "The shape of the tensor 'x' must be a list of sizes."],
    ['a missing offset', file({ x: { dtype: 'U8', shape: [1], data_offsets: [0] } }, 1), "The tensor 'x' must have two data offsets."],
    ['offsets that are text', file({ x: entry('U8', [1], '0', '1') }, 1), "The tensor 'x' must have two data offsets."],
    ['offsets the wrong way', file({ x: entry('U8', [1], 1, 0) }, 1), "The tensor 'x' claims the bytes 1 to 0"],
    ['data beyond the end', file({ x: entry('F32', [2], 0, 8) }, 4), "The tensor 'x' claims the bytes 0 to 8, but the file holds 4 bytes of data. The file is truncated; fetch or save it again."],
    ['a length that lies', file({ x: entry('F32', [3], 0, 8) }, 8), "The tensor 'x' of type F32 and shape [3] needs 12 bytes, but the file gives it 8."],
    ['a product that overflows', file({ x: entry('U8', [2 ** 52, 2 ** 52, 0], 0, 8) }, 8), 'but the file gives it 8.'],
    ['an overlap', file({ x: entry('U8', [4], 0, 4), y: entry('U8', [4], 3, 7) }, 7), "The tensors 'x' and 'y' claim the same bytes."],
    ['the same bytes twice', file({ x: entry('U8', [4], 0, 4), y: entry('U8', [4], 0, 4) }, 4), "The tensors 'x' and 'y' claim the same bytes."],
    ['a gap', file({ x: entry('U8', [2], 0, 2), y: entry('U8', [2], 4, 6) }, 6), "The 2 bytes before the tensor 'y' belong to nothing."],
    ['a rest', file({ x: entry('U8', [2], 0, 2) }, 5), 'The last 3 bytes of the file belong to no tensor.'],
  ])('%s', (_, bytes, message) => {
    expect(() => readSafetensors(bytes)).toThrow(SafetensorsError);
    expect(() => readSafetensors(bytes)).toThrow(message);
  });

  test('a file cut off anywhere is refused', () => {
    const whole = writeSafetensors([['x', { shape: [4], data: new Float32Array(4) }], ['y', { shape: [1], data: new Float32Array(1) }]], { a: 'b' });
    for (let length = 0; length < whole.length; length++) expect(() => readSafetensors(whole.subarray(0, length))).toThrow(SafetensorsError);
  });
});

describe('hostile names', () => {
  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', ''])("a tensor called '%s' is a tensor", (name) => {
    const written = writeSafetensors([[name, { shape: [1], data: Float32Array.of(3) }]], { [name === '' ? 'x' : 'k']: 'v' });
    const { tensors } = readSafetensors(written);
    expect([...tensors.keys()]).toEqual([name]);
    expect(tensors.get(name)?.float32()).toEqual(Float32Array.of(3));
    expect(({} as Record<string, unknown>)['dtype']).toBe(undefined);
  });

  test('an entry does not inherit what it lacks', () => {
    expect(() => readSafetensors(file('{"x":{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}}', 1))).toThrow("'x' has the unknown element type");
  });

  test('a name given twice leaves bytes that belong to nothing', () => {
    const header = '{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"x":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}';
    expect(() => readSafetensors(file(header, 2))).toThrow("The 1 bytes before the tensor 'x' belong to nothing.");
  });
});

describe('fuzzing', () => {
  test('a mutated file is read to sizes that add up, or refused by name', () => {
    const whole = writeSafetensors(
      [['a', { shape: [2, 3], data: new Float32Array(6) }], ['b', { shape: [5], data: new Float32Array(5), dtype: 'F16' }]],
      { format: 'pt' },
    );
    const headerEnd = whole.length - 34;
    let seed = 12345;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    let read = 0;
    for (let round = 0; round < 4000; round++) {
      const mutated = whole.slice(0, random(8) === 0 ? random(whole.length) : whole.length);
      for (let k = random(3); k >= 0 && mutated.length > 0; k--) {
        const at = random(Math.min(mutated.length, headerEnd));
        // Digits and punctuation of the header reach further than arbitrary bytes.
        mutated[at] = random(2) === 0 ? random(256) : '0123456789,:[]{}"'.charCodeAt(random(17));
      }
      try {
        const { tensors } = readSafetensors(mutated);
        for (const { shape, bytes, float32 } of tensors.values()) {
          expect(float32()).toHaveLength(shape.reduce((product, size) => product * size, 1));
          expect(bytes.length).toBeLessThanOrEqual(mutated.length);
        }
        read++;
      } catch (error) {
        expect(error).toBeInstanceOf(SafetensorsError);
      }
    }
    // Some mutations only rename things.
    expect(read).toBeGreaterThan(10);
    expect(read).toBeLessThan(2000);
  });
});
