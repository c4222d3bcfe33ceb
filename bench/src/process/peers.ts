/** How the contestants are started. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Kind } from '../materials/items.js';
import { Absent, type Command, type Remote, start } from './contestant.js';

export type PeerName = 'munit-simd' | 'pytorch' | 'onnxruntime-node' | 'tfjs-wasm';

export interface Peer {
  readonly name: PeerName;
  /** What it can do. */
  readonly kinds: readonly Kind[];
  /** Threads that it computes with when asked for so many. */
  readonly threads: (asked: number) => number;
  /** @throws Absent when it cannot run here */
  readonly start: (threads: number) => Promise<Remote>;
}

const compiled = (address: URL): string => fileURLToPath(address);
const node = (file: URL, ...args: string[]): Command => ({ file: process.execPath, args: ['--expose-gc', compiled(file), ...args] });

export const startOurs = (device = 'simd'): Promise<Remote> => start('munit', node(new URL('../contestants/ours.js', import.meta.url), device));
export const startMaterials = (onnx: boolean): Promise<Remote> =>
  start('the making of weights', node(new URL('../contestants/materials.js', import.meta.url), ...(onnx ? ['--onnx'] : [])));

const inference: readonly Kind[] = ['translate', 'decode'];
const everything: readonly Kind[] = [...inference, 'train', 'lpips'];

export const peers: readonly Peer[] = [
  // Ours again, when ours is on another device.
  { name: 'munit-simd', kinds: everything, threads: (asked) => asked, start: () => startOurs() },
  { name: 'pytorch', kinds: everything, threads: (asked) => asked, start: startPyTorch },
  {
    name: 'onnxruntime-node',
    kinds: inference,
    threads: (asked) => asked,
    start: () => start('onnxruntime-node', node(new URL('../contestants/onnxruntime.js', import.meta.url))),
  },
  {
    name: 'tfjs-wasm',
    kinds: inference,
    // TensorFlow.js has no threads in Node, whatever it is asked for.
    threads: () => 1,
    start: () => start('tfjs-wasm', node(new URL('../contestants/tfjsWasm.js', import.meta.url))),
  },
];

async function startPyTorch(threads: number): Promise<Remote> {
  const script = fileURLToPath(new URL('../../python/peer.py', import.meta.url));
  const count = String(threads);
  // Read when torch is loaded. Bytecode beside the sources would be litter.
  const env = { OMP_NUM_THREADS: count, MKL_NUM_THREADS: count, PYTHONDONTWRITEBYTECODE: '1' };
  return start('pytorch', { file: findPython(), args: [script], env });
}

/** A Python that has torch. @throws Absent when there is none */
function findPython(): string {
  const chosen = process.env['MUNIT_PYTHON'];
  const candidates = chosen === undefined || chosen === '' ? ['python3', '/usr/bin/python3', 'python'] : [chosen];
  const found = candidates.find((file) => spawnSync(file, ['-c', 'import torch']).status === 0);
  if (found === undefined) throw new Absent(`no Python with torch among ${candidates.join(', ')} (name one by MUNIT_PYTHON)`);
  return found;
}
