/** Checkpoints in the wrappings that training programs and people save them in. */
import { CheckpointMismatchError, domains, readSafetensors, writeSafetensors } from '@munit/core';
import { describe, expect, it } from 'vitest';
import { modelFor, tiny } from '../../test/models.js';
import { loadModel } from '../model/load.js';
import { packModel } from '../model/pack.js';
import { readTorch } from '../torch/read.js';
import { checkpointFiles, digest, referenceFile } from '../../test/reference.js';
import { float32Tensor, type StateDict, type TorchDict, type TorchValue } from '../torch/tensor.js';
import { recognizeCheckpoint } from './recognize.js';

const files = checkpointFiles();
const file = (pattern: RegExp): TorchDict => readTorch(referenceFile(files.find((path) => pattern.test(path))!)) as TorchDict;
const gen = file(/_munit\/gen_/);
const dis = file(/_munit\/dis_/);
const optimizer = file(/optimizer/);

const plain = recognizeCheckpoint(gen);
if (plain.kind !== 'generator') throw new Error(plain.kind);
const truth = domains.map((domain) => digest(plain.networks[domain]));

const dict = (entries: Readonly<Record<string, TorchValue>>): TorchDict => new Map(Object.entries(entries));
const prefixed = (weights: TorchValue | undefined, prefix: string): StateDict => new Map([...(weights as StateDict)].map(([name, tensor]) => [prefix + name, tensor]));
const both = (prefix: (domain: string) => string): TorchDict => new Map(domains.flatMap((domain) => [...prefixed(gen.get(domain), prefix(domain))]));

describe('generators are recognised', () => {
  it.each<[string, TorchValue]>([
    ['as DataParallel names them', dict({ a: prefixed(gen.get('a'), 'module.'), b: prefixed(gen.get('b'), 'module.') })],
    ['compiled, and in DataParallel', dict({ a: prefixed(gen.get('a'), 'module._orig_mod.'), b: prefixed(gen.get('b'), '_orig_mod.module.') })],
    ['in a state_dict', dict({ epoch: 3, state_dict: gen })],
    ['beside discriminators and optimizers', dict({ dis, optimizer, gen, iterations: 5 })],
    ['in a wrapper of a wrapper', dict({ model: dict({ generator: gen }) })],
    ['as gen_a and gen_b', dict({ gen_a: gen.get('a')!, gen_b: gen.get('b')!, dis_a: dis.get('a')!, dis_b: dis.get('b')! })],
    ['in the state dict of a whole trainer', new Map([...both((domain) => `gen_${domain}.`), ...prefixed(dis.get('a'), 'dis_a.'), ...prefixed(dis.get('b'), 'dis_b.')])],
    ['in that of a wrapped trainer', dict({ model_state_dict: both((domain) => `module.gen_${domain}.`) })],
    ['with the module inside', both((domain) => `gen_${domain}.module.`)],
    ['by a. and b.', both((domain) => `${domain}.`)],
  ])('%s', (_, value) => {
    const found = recognizeCheckpoint(value);
    expect(found).toMatchObject({ kind: 'generator', architecture: plain.architecture });
    if (found.kind === 'generator') expect(domains.map((domain) => digest(found.networks[domain]))).toEqual(truth);
  });
});

it('other networks are recognised in the same wrappings', () => {
  expect(recognizeCheckpoint(dict({ dis: dict({ a: prefixed(dis.get('a'), 'module.'), b: prefixed(dis.get('b'), 'module.') }) })).kind).toBe('discriminator');
  expect(recognizeCheckpoint(optimizer).kind).toBe('optimizer');
  const found = recognizeCheckpoint(dict({ state_dict: new Map([['module.conv.weight', float32Tensor([1], new Float32Array(1))]]) }));
  expect(found.kind === 'state-dict' && [...found.weights.keys()]).toEqual(['conv.weight']);
});

it('what is none of these is refused', () => {
  let deep: TorchValue = gen;
  for (let i = 0; i < 9; i++) deep = dict({ state_dict: deep });
  for (const value of [deep, dict({ state_dict: 5 }), dict({ a: gen.get('a')! }), dict({})]) expect(() => recognizeCheckpoint(value)).toThrow(CheckpointMismatchError);
});

describe('a model saved again by another program', () => {
  const model = modelFor(tiny);
  const resaved = async (metadata?: Record<string, string>): Promise<{ readonly weights: Uint8Array<ArrayBuffer>; readonly files: Map<string, Uint8Array<ArrayBuffer>> }> => {
    const files = new Map(await packModel(model));
    const { tensors } = readSafetensors(files.get('model.safetensors')!);
    const entries = [...tensors].reverse().map(([name, stored]) => [name, { shape: stored.shape, data: stored.float32() }] as const);
    const weights = new Uint8Array(writeSafetensors(entries, metadata));
    return { weights, files: files.set('model.safetensors', weights) };
  };

  it('loads by the names and shapes of its tensors, with hints for the rest', async () => {
    const { weights } = await resaved();
    const loaded = await loadModel(weights, { hints: { activation: 'lrelu', padMode: 'zero' } });
    expect(loaded.architecture).toEqual({ ...model.architecture, activation: 'lrelu', padMode: 'zero' });
    for (const domain of domains) expect(new Map(loaded.networks[domain])).toEqual(new Map(model.networks[domain]));
    await expect(loadModel(new Uint8Array(writeSafetensors([['x', { shape: [1], data: new Float32Array(1) }]])))).rejects.toThrow(/its tensors are not those of both generators/);
  });

  it('in its folder is refused with what to do, and taken when that is asked', async () => {
    for (const metadata of [undefined, { format: 'pt', note: 'x'.repeat(5000) }]) {
      const { files } = await resaved(metadata);
      await expect(loadModel(files)).rejects.toThrow('load with verify: false.');
      await expect(loadModel(files)).rejects.toMatchObject({ remedy: { id: 'skip-verify' } });
      expect(await loadModel(files, { verify: false })).toEqual(model);
    }
  });
});
