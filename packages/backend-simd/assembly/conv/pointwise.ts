/**
 * 1×1 convolutions between at most four channels, as a transform of colours is: each pixel by itself, in one vector. A product of
 * blocks would pack, and multiply, mostly zeros.
 */
import { parallel } from '../runtime/pool';
import { POINTWISE, record } from '../runtime/records';
import { scratch } from '../runtime/scratch';
import { fma, loadTail, storeTail } from '../runtime/vector';
import { activate, NONE } from './activation';
import { Geometry } from './geometry';
import { PAD_ZERO } from './patches';

/** Most channels of either side. */
const FEW: i32 = 4;
/** Pixels in a task. */
const PIXELS: i32 = 4096;

@unmanaged
class Pointwise {
  from: usize;
  to: usize;
  /** A vector for each input channel: its weights, zeros past the last output. Then one of the bias. */
  weights: usize;
  inputs: i32;
  outputs: i32;
  pixels: i32;
  activation: i32;
  slope: f32;
}

/** Whether a convolution (and its gradient by the input) can be done so. */
export function isPointwise(g: Geometry): bool {
  return g.kernelHeight == 1 && g.kernelWidth == 1 && g.stride == 1 && g.upY == 1 && g.upX == 1 && g.padTop == 0 && g.padLeft == 0
    && g.padMode == PAD_ZERO && g.outHeight == g.height && g.outWidth == g.width && g.channels <= FEW && g.outputs <= FEW;
}

/** y = act(x w + bias). */
export function pointwiseForward(g: Geometry, x: usize, filter: usize, bias: usize, y: usize, activation: i32, slope: f32): void {
  const c = g.channels, o = g.outputs, weights = scratch(16 * (FEW + 1));
  for (let k = 0; k < c; k++) v128.store(weights + (<usize>k << 4), row(filter + (<usize>(k * o) << 2), o));
  v128.store(weights + (FEW << 4), bias ? row(bias, o) : f32x4.splat(0));
  run(g, x, y, weights, c, o, activation, slope);
}

/** dx = dy wᵀ. */
export function pointwiseDataGrad(g: Geometry, dx: usize, filter: usize, dy: usize): void {
  const c = g.channels, o = g.outputs, weights = scratch(16 * (FEW + 1));
  memory.fill(weights, 0, 16 * (FEW + 1));
  for (let k = 0; k < o; k++) {
    for (let i = 0; i < c; i++) store<f32>(weights + (<usize>(4 * k + i) << 2), load<f32>(filter + (<usize>(i * o + k) << 2)));
  }
  run(g, dy, dx, weights, o, c, NONE, 0);
}

function row(at: usize, count: i32): v128 {
  return count == 4 ? v128.load(at) : loadTail(at, count);
}

function run(g: Geometry, from: usize, to: usize, weights: usize, inputs: i32, outputs: i32, activation: i32, slope: f32): void {
  const job = record<Pointwise>(POINTWISE);
  job.from = from;
  job.to = to;
  job.weights = weights;
  job.inputs = inputs;
  job.outputs = outputs;
  job.pixels = g.samples * g.height * g.width;
  job.activation = activation;
  job.slope = slope;
  parallel(pointwiseTask.index, (job.pixels + PIXELS - 1) / PIXELS);
}

function pointwiseTask(task: i32): void {
  const job = record<Pointwise>(POINTWISE), inputs = job.inputs, outputs = job.outputs, first = task * PIXELS;
  const count = min(PIXELS, job.pixels - first), activation = job.activation, slope = f32x4.splat(job.slope), weights = job.weights;
  const w0 = v128.load(weights), w1 = v128.load(weights, 16), w2 = v128.load(weights, 32), w3 = v128.load(weights, 48);
  const bias = v128.load(weights, 64);
  let from = job.from + (<usize>(first * inputs) << 2), to = job.to + (<usize>(first * outputs) << 2);
  // A vector reaches into the next pixel, which then overwrites it; the last one of a task must not.
  for (let i = 0; i < count; i++) {
    let v = fma(v128.load32_splat(from), w0, f32x4.splat(0));
    if (inputs > 1) v = fma(v128.load32_splat(from, 4), w1, v);
    if (inputs > 2) v = fma(v128.load32_splat(from, 8), w2, v);
    if (inputs > 3) v = fma(v128.load32_splat(from, 12), w3, v);
    v = activate(f32x4.add(v, bias), activation, slope);
    if (outputs == 4 || i < count - 4) v128.store(to, v);
    else storeTail(to, v, outputs);
    from += <usize>inputs << 2;
    to += <usize>outputs << 2;
  }
}
