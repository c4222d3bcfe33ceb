/**
 * Damaged files load right or are refused with an error of ours: none hangs, runs code, takes unbounded memory or
 * touches a prototype. `MUNIT_FUZZ=10000` for that many; the seed of a failure is in its message.
 */
import { existsSync } from 'node:fs';
import { MunitError, readSafetensors } from '@munit/core';
import { expect, it } from 'vitest';
import { modelFor, tiny } from '../test/models.js';
import { mutate, mutatePickle, random } from '../test/mutate.js';
import { referenceFile, testFile } from '../test/reference.js';
import { loadModel } from './model/load.js';
import { packModel } from './model/pack.js';
import { writeNetworks } from './official/export.js';
import { recognizeCheckpoint } from './official/recognize.js';
import { pickle } from './torch/pickle/pickle.js';
import { readTorch } from './torch/read.js';
import { TorchTensor, type TorchValue } from './torch/tensor.js';

const count = Number(process.env['MUNIT_FUZZ'] ?? 600);
const SECONDS = 2;
const MEGABYTES = 256;

const model = modelFor(tiny);
const packed = await packModel(model);
const small = writeNetworks(model.networks);
const { pickle: program, storages } = pickle(new Map([['w', model.networks.a.get('mlp.model.0.fc.weight') ?? null]]));

const wrapped: Make = (next) => {
  const data = storages[0]?.data ?? new Float32Array(0);
  return mutatePickle(program, new Uint8Array(data.buffer), next);
};

type Make = (next: () => number) => Uint8Array;
const damage = (file: Uint8Array): Make => (next) => mutate(file, next);

const readPt = (bytes: Uint8Array): void => {
  // Checksums off for half of them: otherwise hardly a damaged zip gets past its first entry.
  const value = readTorch(bytes, { verifyChecksums: bytes.length % 2 === 0 });
  check(value);
  recognizeCheckpoint(value);
};

/** Everything that came out is one of the plain kinds, and sound. */
function check(value: TorchValue): void {
  if (value instanceof TorchTensor) {
    expect(value.data.length).toBe(value.shape.reduce((n, d) => n * d, 1));
    return;
  }
  if (value instanceof Map) for (const item of (value as ReadonlyMap<unknown, TorchValue>).values()) check(item);
  else if (Array.isArray(value)) for (const item of value as readonly TorchValue[]) check(item);
}

const targets: readonly [string, Make, (bytes: Uint8Array) => unknown][] = [
  ['values.pt', damage(testFile('torch/values.pt')), readPt],
  ['values.legacy.pt', damage(testFile('torch/values.legacy.pt')), readPt],
  ['values.protocol4.pt', damage(testFile('torch/values.protocol4.pt')), readPt],
  ['a pickle in a sound zip', wrapped, readPt],
  ['a generator', damage(small), readPt],
  ['a discriminator, stream form', damage(referenceFile('checkpoint_unit/dis_00000005.legacy.pt')), readPt],
  ['safetensors', damage(packed.get('model.safetensors') ?? new Uint8Array()), (bytes) => readSafetensors(bytes)],
  ['a model in one file', damage(packed.get('model.safetensors') ?? new Uint8Array()), (bytes) => loadModel(bytes)],
  [
    'a manifest',
    damage(packed.get('model.json') ?? new Uint8Array()),
    (bytes) => loadModel([new File([new Uint8Array(bytes)], 'model.json'), new File([packed.get('model.safetensors') ?? ''], 'model.safetensors')]),
  ],
];

const own = (prototype: object): string => Object.getOwnPropertyNames(prototype).join();

it.each(targets)(
  `${count} damaged files in all: %s`,
  async (name, make, read) => {
    const prototypes = [Object.prototype, Array.prototype, Map.prototype, Function.prototype];
    const before = prototypes.map(own);
    const runs = Math.ceil(count / targets.length);
    let [refused, slowest, grown] = [0, 0, 0];
    for (let seed = 1; seed <= runs; seed++) {
      const bytes = make(random(seed * 7919 + name.length));
      const memory = process.memoryUsage().rss;
      const start = performance.now();
      try {
        await read(bytes);
      } catch (error) {
        refused++;
        expect(error, `seed ${seed}: ${String(error)}`).toBeInstanceOf(MunitError);
      }
      slowest = Math.max(slowest, performance.now() - start);
      grown = Math.max(grown, (process.memoryUsage().rss - memory) / 2 ** 20);
      expect(slowest, `seed ${seed}: time`).toBeLessThan(SECONDS * 1000);
      expect(grown, `seed ${seed}: memory`).toBeLessThan(MEGABYTES);
    }
    if (process.env['MUNIT_FUZZ'] !== undefined) process.stderr.write(`${JSON.stringify({ name, runs, refused, slowestMs: slowest, grownMiB: grown })}\n`);
    expect(refused).toBeGreaterThan(0);
    expect(prototypes.map(own)).toEqual(before);
    expect(existsSync('/tmp/munit-was-here')).toBe(false);
  },
  600_000,
);
