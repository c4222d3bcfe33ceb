/** How the contestants are started. */
import { fileURLToPath } from 'node:url';
import type { Kind } from '../materials/items.js';
import { type Command, type Remote, start } from './contestant.js';
import { findPython, pythonEnvironment } from './python.js';

/** Engines for graphs, in Python. */
const engines = ['openvino', 'openvino-default', 'opencv', 'mnn', 'ncnn'] as const;

export type PeerName = 'munit-simd' | 'pytorch' | 'pytorch-compiled' | 'onnxruntime-node' | 'tfjs-wasm' | (typeof engines)[number];

export interface Peer {
  readonly name: PeerName;
  /** What it can do. */
  readonly kinds: readonly Kind[];
  /** Threads that it computes with when asked for so many. */
  readonly threads: (asked: number) => number;
  /** Whether it computes the graph that is exported. */
  readonly graph?: boolean;
  /** Largest difference of an image where it is of another precision, which its row says; default `imageTolerance`. */
  readonly tolerance?: number;
  /** Takes part only where it is asked for by name: getting ready takes it minutes. */
  readonly slowStart?: boolean;
  /** @throws Absent when it cannot run here */
  readonly start: (threads: number) => Promise<Remote>;
}

const compiled = (address: URL): string => fileURLToPath(address);
const node = (file: URL, ...args: string[]): Command => ({ file: process.execPath, args: ['--expose-gc', compiled(file), ...args] });

/** @param recompute whether training steps recompute activations in the backward pass instead of storing them */
export const startOurs = (device = 'simd', recompute = false): Promise<Remote> =>
  start('munit', node(new URL('../contestants/ours.js', import.meta.url), device, ...(recompute ? ['--recompute'] : [])));
export const startMaterials = (onnx: boolean): Promise<Remote> =>
  start('the making of weights', node(new URL('../contestants/materials.js', import.meta.url), ...(onnx ? ['--onnx'] : [])));

const inference: readonly Kind[] = ['translate', 'decode'];
const everything: readonly Kind[] = [...inference, 'train', 'lpips', 'features'];

/** OpenVINO computes in bfloat16 where the processor has it, MNN's Winograd transforms are coarse: what their images may differ by. */
const otherPrecision = { 'openvino-default': 0.1, mnn: 0.01 };

export const peers: readonly Peer[] = [
  // Ours again, when ours is on another device.
  { name: 'munit-simd', kinds: everything, threads: (asked) => asked, start: () => startOurs() },
  { name: 'pytorch', kinds: everything, threads: (asked) => asked, start: (threads) => startPython('pytorch', 'peer.py', 'torch', threads) },
  {
    name: 'pytorch-compiled',
    slowStart: true,
    kinds: [...inference, 'train'],
    threads: (asked) => asked,
    start: (threads) => startPython('pytorch-compiled', 'peer.py', 'torch._inductor', threads, ['--compile']),
  },
  {
    name: 'onnxruntime-node',
    graph: true,
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
  ...engines.map((name): Peer => ({
    name,
    graph: true,
    kinds: inference,
    threads: (asked) => asked,
    ...(name in otherPrecision ? { tolerance: otherPrecision[name as keyof typeof otherPrecision] } : {}),
    start: (threads) => startPython(name, 'engines.py', 'numpy', threads, [name]),
  })),
];

async function startPython(name: PeerName, script: string, needs: string, threads: number, args: readonly string[] = []): Promise<Remote> {
  const file = fileURLToPath(new URL(`../../python/${script}`, import.meta.url));
  return start(name, { file: findPython(needs), args: [file, ...args], env: pythonEnvironment(threads) });
}
