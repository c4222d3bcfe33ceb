/** Files that tests read: the reference checkpoints of `MUNIT_REFERENCE_DIR` (default: the copies here), and small files of PyTorch. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TorchAdamState } from '../src/official/adam.js';
import { float32Tensor, type StateDict, type TorchTensor } from '../src/torch/tensor.js';

const testData = new URL('../test-data/', import.meta.url);
const reference = process.env['MUNIT_REFERENCE_DIR'] ?? fileURLToPath(new URL('reference', testData));

/** A file of `test-data`. */
export function testFile(path: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(path, testData)));
}

/** A file of the reference data. */
export function referenceFile(path: string): Uint8Array {
  return new Uint8Array(readFileSync(`${reference}/${path}`));
}

/** Paths of the checkpoints of the reference data: `checkpoint_munit/gen_00000005.pt`, … */
export function checkpointFiles(): string[] {
  return readdirSync(reference)
    .filter((folder) => folder.startsWith('checkpoint_'))
    .flatMap((folder) => readdirSync(`${reference}/${folder}`).map((file) => `${folder}/${file}`))
    .filter((path) => path.endsWith('.pt'))
    .sort();
}

export interface Digest {
  readonly tensors: number;
  readonly sha256: string;
}

/** As `digest` of `test-data/make.py`: PyTorch's own reading of the same file gives the same. */
export function digest(tensors: StateDict): Digest {
  const hash = createHash('sha256');
  const names = [...tensors.keys()].sort((x, y) => (x < y ? -1 : 1));
  for (const name of names) {
    const tensor = tensors.get(name);
    if (tensor === undefined) continue;
    hash.update(`${name}[${tensor.shape.join(',')}]`);
    hash.update(new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength));
  }
  return { tensors: tensors.size, sha256: hash.digest('hex') };
}

/** The same of an optimizer's state. */
export function adamDigest(adam: TorchAdamState): Digest {
  const flat = new Map<string, TorchTensor>();
  adam.moments.forEach((moments, place) => {
    if (moments === undefined) return;
    flat.set(`${place}.exp_avg`, moments.expAvg);
    flat.set(`${place}.exp_avg_sq`, moments.expAvgSq);
    flat.set(`${place}.step`, float32Tensor([], Float32Array.of(moments.step)));
  });
  return digest(flat);
}

/** Generator checkpoints beside which lies what PyTorch translated with them: the checkpoint, and the truth. */
export function translations(): (readonly [checkpoint: string, truth: string])[] {
  return checkpointFiles()
    .filter((path) => path.includes('/gen_'))
    .map((path) => [path, `${path.split('/')[0] ?? ''}/expected.safetensors`] as const)
    .filter(([, truth]) => existsSync(`${reference}/${truth}`));
}

/** Largest |a − b|; NaN where there is one. @throws Error when the sizes differ */
export function largestDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) throw new Error(`${a.length} values against ${b.length}`);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] as number))), 0);
}
