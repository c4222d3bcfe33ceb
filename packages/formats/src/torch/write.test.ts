import { describe, expect, it } from 'vitest';
import { findPyTorch, runPython } from '../../test/python.js';
import { testFile } from '../../test/reference.js';
import { OrderedDict, PyFloat, PyTuple, type Writable } from './pickle/writable.js';
import { readTorch } from './read.js';
import { float32Tensor, TorchTensor } from './tensor.js';
import { writeTorch } from './write.js';

const shared = Float32Array.of(1, 2, 3, 4, 5, 6);
const document: Writable = new Map<string, Writable>([
  ['weights', new OrderedDict(new Map([['w', float32Tensor([2, 3], shared)], ['tied', float32Tensor([6], shared)]]))],
  ['scalar', float32Tensor([], Float32Array.of(0.5))],
  ['empty', float32Tensor([0, 3], new Float32Array(0))],
  ['long', new TorchTensor('int64', [2], BigInt64Array.of(2n ** 62n, -1n))],
  ['flags', new TorchTensor('bool', [2], Uint8Array.of(1, 0))],
  ['group', new Map<string, Writable>([['sizes', new PyTuple([2, 3])], ['params', [0, 1, 255, 256, -1, 2 ** 31, -(2 ** 40)]]])],
  ['text', 'style é'],
  ['none', null],
  ['yes', true],
]);

describe('writeTorch', () => {
  const file = writeTorch(document);

  it('writes what the reader reads back', () => {
    const value = readTorch(file) as ReadonlyMap<string, unknown>;
    const weights = value.get('weights') as ReadonlyMap<string, TorchTensor>;
    expect(weights.get('w')).toEqual(float32Tensor([2, 3], shared));
    expect(weights.get('tied')?.data).toEqual(shared);
    expect(value.get('scalar')).toEqual(float32Tensor([], Float32Array.of(0.5)));
    expect(value.get('empty')).toEqual(float32Tensor([0, 3], new Float32Array(0)));
    expect(value.get('long')).toEqual(new TorchTensor('int64', [2], BigInt64Array.of(2n ** 62n, -1n)));
    expect([...(value.get('group') as ReadonlyMap<string, unknown>).values()]).toEqual([
      [2, 3],
      [0, 1, 255, 256, -1, 2 ** 31, -(2 ** 40)],
    ]);
    expect([value.get('text'), value.get('none'), value.get('yes')]).toEqual(['style é', null, true]);
  });

  it('writes numbers as Python has them: whole ones as int, others and those marked so as float', () => {
    const numbers = [1, 1.5, new PyFloat(1)];
    expect(readTorch(writeTorch(numbers))).toEqual([1, 1.5, 1]);
    const text = new TextDecoder('latin1').decode(writeTorch(numbers));
    // BININT1 1, BINFLOAT 1.5, BINFLOAT 1 (big-endian doubles).
    expect(text).toContain('K\x01G\x3f\xf8\0\0\0\0\0\0G\x3f\xf0\0\0\0\0\0\0');
  });

  it('gives the same bytes for the same value', () => {
    expect(writeTorch(document)).toEqual(file);
  });

  it('starts each storage at a multiple of 64 bytes, as PyTorch does', () => {
    const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    let at = 0;
    let entries = 0;
    while (view.getUint32(at, true) === 0x04034b50) {
      const data = at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
      expect(data % 64).toBe(0);
      at = data + view.getUint32(at + 18, true);
      entries++;
    }
    expect(entries).toBe(8); // the pickle, the byte order, five storages (one is shared), the version
  });

  it('refuses values that do not fit the shape or the type', () => {
    expect(() => writeTorch(float32Tensor([2], new Float32Array(3)))).toThrow(/has 3 values/);
    expect(() => writeTorch(new TorchTensor('float16', [1], new Float32Array(1)))).toThrow(/float16 cannot be written/);
    expect(() => writeTorch(2 ** 60)).toThrow(/beyond/);
  });
});

const python = findPyTorch();

describe(python === undefined ? 'PyTorch is not on this machine: its reading of our files is not checked' : 'torch.load(weights_only=True)', () => {
  it('reads what writeTorch writes, and its own file when rewritten by us', () => {
    if (python === undefined) return;
    const value = readTorch(testFile('torch/values.pt')) as ReadonlyMap<string, ReadonlyMap<string, TorchTensor>>;
    const module = value.get('module') ?? new Map<string, TorchTensor>();
    const script = `
import json, sys, torch
v = torch.load(sys.argv[1], weights_only=True)
w = v['weights']
m = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.PReLU())
m.load_state_dict(torch.load(sys.argv[2], weights_only=True))
print(json.dumps({'type': type(w).__name__, 'w': w['w'].tolist(), 'tied': w['w'].data_ptr() == w['tied'].data_ptr(),
  'scalar': [v['scalar'].item(), list(v['scalar'].shape)], 'empty': list(v['empty'].shape), 'long': v['long'].tolist(), 'flags': v['flags'].tolist(),
  'sizes': type(v['group']['sizes']).__name__, 'params': v['group']['params'], 'text': v['text'], 'module': [p.tolist() for p in m.parameters()]}))`;
    expect(runPython(python, script, writeTorch(document), writeTorch(new OrderedDict(module)))).toEqual({
      type: 'OrderedDict',
      w: [[1, 2, 3], [4, 5, 6]],
      tied: true,
      scalar: [0.5, []],
      empty: [0, 3],
      long: [2 ** 62, -1],
      flags: [true, false],
      sizes: 'tuple',
      params: [0, 1, 255, 256, -1, 2 ** 31, -(2 ** 40)],
      text: 'style é',
      module: [[[0, 1], [2, 3]], [10, 11], [20]],
    });
  }, 120_000);
});
