/**
 * Reduces all pixels of each channel of each sample: the first of two stages. A workgroup takes up to 16 vectors of channels and a chunk
 * of the pixels; its invocations each walk every so many-th pixel of the chunk, and are merged pairwise in workgroup memory. So no
 * running sum is longer than some hundred values, and neighbouring invocations read neighbouring memory.
 */
import type { Workgroups } from './types.js';
import { type Lanes, typeOf } from './wgsl.js';

export interface Chunks {
  /** How many, and of how many pixels each; the last may be shorter. */
  readonly chunks: number;
  readonly chunk: number;
}

const threads = 64;
const mostChunks = 256;
/** Pixels that each invocation walks at least, before another workgroup helps. */
const leastWalk = 8;

/** Invocations side by side along the channels: a power of two. */
function channelThreads(vectors: number): number {
  let count = 1;
  while (count < vectors && count < 16) count *= 2;
  return count;
}

export function chunksOf(pixels: number, channels: number, lanes: Lanes): Chunks {
  const walkers = threads / channelThreads(channels / lanes);
  const chunk = Math.max(walkers * leastWalk, Math.ceil(pixels / mostChunks));
  return { chunk, chunks: Math.ceil(pixels / chunk) };
}

/** The uniforms that the program needs, and their values; more may follow. */
export const reductionSizes = ['pixels', 'chunk', 'chunks', 'vectors', 'across'] as const;
export const reductionSizesOf = ({ chunks, chunk }: Chunks, pixels: number, channels: number, lanes: Lanes): number[] => [
  pixels,
  chunk,
  chunks,
  channels / lanes,
  channelThreads(channels / lanes),
];

export const reductionWorkgroups = ({ chunks }: Chunks, samples: number, channels: number, lanes: Lanes): Workgroups => [
  chunks,
  Math.ceil(channels / lanes / channelThreads(channels / lanes)),
  samples,
];

/**
 * @param declarations WGSL, which must declare `struct State` (its zero value is the empty one), `fn take(state: ptr<function, State>,
 * index: i32, sample: i32, channel: i32)`, where `index` and `channel` count vectors; `fn merge(a: State, b: State) -> State`;
 * `fn write(part: i32, channel: i32, state: State)`, where part = sample · chunks + chunk; and the uniforms `reductionSizes`.
 */
export const channelReductionCode = (declarations: string): string => `${declarations}
var<workgroup> states: array<State, ${threads}>;

@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let thread = i32(lane);
  let walkers = ${threads} / sizes.across;
  let walker = thread / sizes.across;
  let channel = i32(group.y) * sizes.across + thread % sizes.across;
  let sample = i32(group.z);
  let first = i32(group.x) * sizes.chunk;
  let end = min(first + sizes.chunk, sizes.pixels);
  var state = State();
  if (channel < sizes.vectors) {
    for (var p = first + walker; p < end; p += walkers) {
      take(&state, (sample * sizes.pixels + p) * sizes.vectors + channel, sample, channel);
    }
  }
  states[thread] = state;
  for (var half = walkers / 2; half > 0; half /= 2) {
    workgroupBarrier();
    if (walker < half) { states[thread] = merge(states[thread], states[thread + half * sizes.across]); }
  }
  if (walker == 0 && channel < sizes.vectors) { write(sample * sizes.chunks + i32(group.x), channel, states[thread]); }
}`;

/** The declarations of plain sums of `names`, kept as [part][name][channel] in `partial`; `take` is the caller's. */
export const sumsCode = (names: readonly string[], lanes: Lanes): string => `
struct State { ${names.map((name) => `${name}: ${typeOf(lanes)}`).join(', ')} }
fn merge(a: State, b: State) -> State { return State(${names.map((name) => `a.${name} + b.${name}`).join(', ')}); }
fn write(part: i32, channel: i32, state: State) {
${names.map((name, i) => `  partial[(part * ${names.length} + ${i}) * sizes.vectors + channel] = state.${name};`).join('\n')}
}`;
