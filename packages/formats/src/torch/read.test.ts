import { existsSync } from 'node:fs';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { testFile } from '../../test/reference.js';
import { TorchFileError } from '../errors.js';
import { readTorch } from './read.js';
import { TorchTensor, type TorchValue } from './tensor.js';

interface Expected {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly values: readonly string[];
}

const expected = JSON.parse(new TextDecoder().decode(testFile('torch/values.json'))) as Record<string, Expected>;

function at(value: TorchValue | undefined, ...keys: readonly string[]): TorchValue | undefined {
  return keys.reduce<TorchValue | undefined>((v, key) => (v instanceof Map ? (v.get(key) as TorchValue) : undefined), value);
}

/** As Python prints them: numbers back from text, so that float formatting does not matter. */
function numbers(tensor: TorchTensor): string[] {
  return Array.from(tensor.data as ArrayLike<number | bigint>, String);
}

function fromPython({ dtype, values }: Expected): string[] {
  if (dtype === 'int64') return [...values];
  return values.map((v) => (v === 'True' ? '1' : v === 'False' ? '0' : v === 'inf' ? 'Infinity' : String(Number(v))));
}

describe.each(['values.pt', 'values.legacy.pt', 'values.protocol4.pt'])('readTorch of %s', (file) => {
  const value = readTorch(testFile(`torch/${file}`));

  it.each(Object.entries(expected))('reads the %s tensor as PyTorch does', (name, want) => {
    const tensor = at(value, 'tensors', name);
    expect(tensor).toBeInstanceOf(TorchTensor);
    if (!(tensor instanceof TorchTensor)) return;
    expect(tensor.dtype).toBe(want.dtype);
    expect(tensor.shape).toEqual(want.shape);
    expect(numbers(tensor)).toEqual(fromPython(want));
  });

  it('reads plain values, and gives keys no special meaning', () => {
    const plain = at(value, 'plain') as readonly TorchValue[];
    expect(plain.slice(0, 9)).toEqual([null, true, 1, -2, 2 ** 40, 2n ** 70n, -1.5, 'text é', [1, 2]]);
    expect([...(plain[9] as ReadonlyMap<unknown, unknown>)]).toEqual([
      ['__proto__', 1],
      [3, 'three'],
    ]);
    expect(at(value, 'size')).toEqual([2, 3, 4]);
    expect(at(value, 'device')).toBe('cpu');
    expect(at(value, 'dtype')).toBe('torch.float16');
  });

  it("reads a module's state dict, without the metadata that it carries", () => {
    const module = at(value, 'module') as ReadonlyMap<string, TorchTensor>;
    expect([...module.keys()]).toEqual(['0.weight', '0.bias', '1.weight']);
    expect([...(module.get('0.weight')?.data ?? [])]).toEqual([0, 1, 2, 3]);
    expect([...(module.get('1.weight')?.data ?? [])]).toEqual([20]);
  });
});

describe('readTorch refuses', () => {
  it.each(['evil.pt', 'evil.legacy.pt'])('%s, which asks to run a command, and runs nothing', (file) => {
    expect(() => readTorch(testFile(`torch/${file}`))).toThrow(/asks for '(posix|nt)\.system'/);
    expect(existsSync('/tmp/munit-was-here')).toBe(false);
  });

  it('a whole module, and says to save its state dict', () => {
    expect(() => readTorch(testFile('torch/whole_module.pt'))).toThrow(/torch\.nn\.modules.*state_dict\(\)/s);
  });

  it('TorchScript', () => {
    expect(() => readTorch(testFile('torch/torchscript.pt'))).toThrow(/TorchScript/);
  });

  it.each([
    ['a web page', '<!DOCTYPE html><html>', /web page/],
    ['a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\n', /Git LFS pointer/],
    ['an empty file', '', /empty/],
    ['something else', 'hello', /not one that torch\.save wrote/],
  ])('%s', (_, text, message) => {
    const act = (): TorchValue => readTorch(new TextEncoder().encode(text));
    expect(act).toThrow(TorchFileError);
    expect(act).toThrow(message);
  });

  it.each(['values.pt', 'values.legacy.pt'])('every truncation of %s', (file) => {
    const bytes = testFile(`torch/${file}`);
    for (let length = 0; length < bytes.length; length += 7) {
      expect(() => readTorch(bytes.subarray(0, length))).toThrow(TorchFileError);
    }
  });
});

/** A PyTorch zip file around a pickle given by its opcodes. */
function zipOf(program: readonly (number | string)[], storages: Record<string, Uint8Array> = {}): Uint8Array {
  const bytes = program.flatMap((part) => (typeof part === 'string' ? [...new TextEncoder().encode(part)] : [part]));
  const files: Record<string, Uint8Array> = { 'x/data.pkl': Uint8Array.from(bytes) };
  for (const [key, data] of Object.entries(storages)) files[`x/data/${key}`] = data;
  return zipSync(files, { level: 0 });
}

/** `_rebuild_tensor_v2` of a float storage '0' of `count` elements, with text integers. */
function tensorProgram(count: number, shape: readonly number[], stride: readonly number[], offset = 0): string {
  const list = (values: readonly number[]): string => `(${values.map((v) => `I${v}\n`).join('')}t`;
  const storage = `(Vstorage\nctorch\nFloatStorage\nV0\nVcpu\nI${count}\ntQ`;
  return `ctorch._utils\n_rebuild_tensor_v2\n(${storage}I${offset}\n${list(shape)}${list(stride)}I00\nNtR.`;
}

describe('readTorch keeps within bounds', () => {
  const four = { 0: new Uint8Array(16) };

  it('reads the tensor of the template that the next cases bend', () => {
    const tensor = readTorch(zipOf([tensorProgram(4, [2, 2], [2, 1])], four));
    expect(tensor).toEqual(new TorchTensor('float32', [2, 2], new Float32Array(4)));
  });

  it.each([
    ['a view past the end', tensorProgram(4, [2, 3], [3, 1]), /reaches element 5/],
    ['an offset past the end', tensorProgram(4, [2], [1], 3), /reaches element 4/],
    ['a huge shape on one element', tensorProgram(4, [1e9], [0]), /take more than/],
    ['a shape beyond all numbers', tensorProgram(4, [1e15, 1e15], [0, 0]), /impossible shape/],
    ['a negative dimension', tensorProgram(4, [-2], [1]), /shape is not a list/],
    ['a storage that claims more than it has', tensorProgram(1e9, [1e9], [1]), /should have 4000000000 bytes/],
    ['a missing storage', tensorProgram(4, [4], [1]).replace('V0', 'V9'), /is missing/],
    ['an unknown storage class', tensorProgram(4, [4], [1]).replace('FloatStorage', 'EvilStorage'), /asks for 'torch.EvilStorage'/],
    ['a list that contains itself', ']q\0h\0a.', /nests values/],
    ['a list whose parts double 40 times', `]${'q\0h\0h\0\x86'.repeat(40)}.`, /holds more than/],
    ['a hundred thousand lists in each other', `${']'.repeat(100_000)}${'a'.repeat(99_999)}.`, /nests values/],
    ['an integer of 2 GB', '\x8b\xff\xff\xff\x7f.', /integer of 2147483647 bytes/],
    ['a text longer than the file', 'X\xff\xff\xff\x7f.', /ends too early/],
    ['an instance of a class', 'c__main__\nThing\n)\x81.', /asks for '__main__.Thing'/],
    ['an extension code', '\x82\x01.', /opcode 0x82/],
    ['a call of something that is not a name', 'V1\n)R.', /builds none/],
    ['a recall of what was never stored', 'h\x07.', /recalls value 7/],
    ['a mark that was never set', 't.', /mark/],
    ['an empty stack', '.', /empty stack/],
    ['no end', 'N', /ends too early/],
    ['a list as a key', '}(]Nu.', /key that is neither/],
  ])('%s', (_, program, message) => {
    const bytes = Uint8Array.from(program, (c) => c.charCodeAt(0));
    const act = (): TorchValue => readTorch(zipOf([...bytes], four));
    expect(act).toThrow(TorchFileError);
    expect(act).toThrow(message);
  });

  it('an entry that unpacks to more than it states', () => {
    const zip = zipSync({ 'x/data.pkl': [new Uint8Array(100_000), { level: 9 }] });
    const view = new DataView(zip.buffer);
    const central = zip.length - 22 - 46 - 'x/data.pkl'.length;
    expect(view.getUint32(central, true)).toBe(0x02014b50);
    view.setUint32(central + 24, 50_000, true);
    expect(() => readTorch(zip)).toThrow(/unpacks to more than it states/);
    view.setUint32(central + 24, 2 ** 31, true);
    expect(() => readTorch(zip)).toThrow(/unpacks to more than 16 times its size/);
    view.setUint32(central + 24, 16_000_000, true);
    expect(() => readTorch(zip)).toThrow(/which its \d+ cannot hold/);
  });

  it('a small file whose pickle unpacks to 32 MiB is refused before it is unpacked', () => {
    const zip = zipSync({ 'x/data.pkl': [new Uint8Array(2 ** 25), { level: 9 }] });
    expect(zip.length).toBeLessThan(40_000);
    expect(() => readTorch(zip)).toThrow(/unpacks to more than 16 times its size/);
  });

  it('a storage that unpacks to more than its tensor claims', () => {
    const program = new TextEncoder().encode(tensorProgram(4, [4], [1]));
    const zip = zipSync({ 'x/data.pkl': program, 'x/data/0': [new Uint8Array(2 ** 20), { level: 9 }] });
    expect(() => readTorch(zip)).toThrow(/claims 1048576 bytes where at most 16 are allowed/);
  });

  it('many storages that each unpack to what they claim, and together to much more than the file', () => {
    const storages = Array.from({ length: 40 }, (_, i) => String(i));
    const one = (key: string): string => tensorProgram(2 ** 18, [2 ** 18], [1]).replace('V0', `V${key}`).slice(0, -1);
    const program = new TextEncoder().encode(`(${storages.map(one).join('')}l.`);
    const entry: [Uint8Array, { level: 9 }] = [new Uint8Array(2 ** 20), { level: 9 }];
    const zip = zipSync({ 'x/data.pkl': program, ...Object.fromEntries(storages.map((key) => [`x/data/${key}`, entry])) });
    expect(() => readTorch(zip)).toThrow(/unpacks to more than 16 times its size/);
  });

  it('a flipped bit, by the checksum; and reads it when checksums are off', () => {
    const zip = zipOf([tensorProgram(4, [4], [1])], four);
    const at = zip.findIndex((_, i) => zip.subarray(i, i + 16).every((byte) => byte === 0));
    zip[at] = 1;
    expect(() => readTorch(zip)).toThrow(/does not match its checksum/);
    const tensor = readTorch(zip, { verifyChecksums: false });
    expect(tensor instanceof TorchTensor && tensor.data[0]).toBe(new Float32Array(Uint32Array.of(1).buffer)[0]);
  });

  it('a stream whose protocol version is a tower of tuples', () => {
    const magic = [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e];
    const tower = [0x80, 2, 0x4e, ...new Array<number>(100_000).fill(0x85), 0x2e];
    expect(() => readTorch(Uint8Array.from([...magic, ...tower]))).toThrow(/protocol version unknown/);
  });

  it('a limit of bytes', () => {
    expect(() => readTorch(testFile('torch/values.pt'), { maxBytes: 64 })).toThrow(/64|limit/);
  });

  it('packed entries and big-endian storages are read', () => {
    const program = new TextEncoder().encode(tensorProgram(2, [2], [1]));
    const data = Uint8Array.of(0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0);
    const zip = zipSync({ 'x/data.pkl': program, 'x/data/0': data, 'x/byteorder': new TextEncoder().encode('big') }, { level: 9 });
    expect(readTorch(zip)).toEqual(new TorchTensor('float32', [2], Float32Array.of(1, -2)));
  });
});

describe('files of the first PyTorch versions', () => {
  it('parameters that wrap tensors of the first kind are read, as in the oldest VGG16 files', () => {
    const storage = '(Vstorage\nctorch\nFloatStorage\nV0\nVcuda:0\nI2\ntQ';
    const tensor = `ctorch._utils\n_rebuild_tensor\n(${storage}I0\n(I2\nt(I1\nttR`;
    const parameter = `ctorch.nn.parameter\nParameter\n(${tensor}t\x81(I01\nI00\nNtb`;
    const value = readTorch(zipOf([`(dVfeatures.0.bias\n`, ...Uint8Array.from(`${parameter}s.`, (c) => c.charCodeAt(0))], { 0: new Uint8Array(Float32Array.of(3, 4).buffer) }));
    expect([...(value as ReadonlyMap<unknown, unknown>)]).toEqual([['features.0.bias', new TorchTensor('float32', [2], Float32Array.of(3, 4))]]);
  });
});

describe('files of Python 2', () => {
  it('byte strings and text integers are read', () => {
    const program = '(dU\x01aK\x05sT\x02\0\0\0bcL7L\nsS\'d\'\nF2.5\nsI00\nI01\ns.';
    const value = readTorch(zipOf([...Uint8Array.from(program, (c) => c.charCodeAt(0))]));
    expect([...(value as ReadonlyMap<unknown, unknown>)]).toEqual([
      ['a', 5],
      ['bc', 7],
      ['d', 2.5],
      [false, true],
    ]);
  });
});
