/**
 * Adam with coupled L2 decay, in place (Kingma and Ba, 'Adam', ICLR 2015; PyTorch's form of the epsilon).
 * `table` lists count × (p, g, m, v, n), all tensors one after another in units of CHUNK numbers.
 */
import { parallel } from '../runtime/pool';
import { OPTIMIZER, record } from '../runtime/records';
import { loadTail, storeTail } from '../runtime/vector';

/** Numbers in a task. */
const CHUNK: i32 = 16384;
/** Bytes of an entry of the table. */
const ENTRY: usize = 20;

@unmanaged
class Optimizer {
  table: usize;
  // Adam.
  /** The learning rate over the bias correction of m. */
  rate: f32;
  beta1: f32;
  rest1: f32;
  beta2: f32;
  rest2: f32;
  epsilon: f32;
  weightDecay: f32;
  /** Root of the bias correction of v. */
  root2: f32;
  // Moving average.
  decay: f32;
  rest: f32;
}

/** Units of at most CHUNK numbers in all tensors of the table: the tasks of an update. */
function units(table: usize, count: i32): i32 {
  let total = 0;
  for (let i = 0; i < count; i++) total += (load<i32>(table + <usize>i * ENTRY, 16) + CHUNK - 1) / CHUNK;
  return total;
}

export function adamUpdate(
  table: usize, count: i32, learningRate: f64, beta1: f64, beta2: f64, epsilon: f64, weightDecay: f64, correction1: f64, correction2: f64,
): void {
  const job = record<Optimizer>(OPTIMIZER);
  job.table = table;
  job.rate = <f32>(learningRate / correction1);
  job.beta1 = <f32>beta1;
  job.rest1 = <f32>(1 - beta1);
  job.beta2 = <f32>beta2;
  job.rest2 = <f32>(1 - beta2);
  job.epsilon = <f32>epsilon;
  job.weightDecay = <f32>weightDecay;
  job.root2 = <f32>Math.sqrt(correction2);
  parallel(adamTask.index, units(table, count));
}

// @ts-ignore: decorator
@inline
function update(p: usize, g: usize, m: usize, v: usize, lanes: i32): void {
  const job = record<Optimizer>(OPTIMIZER), whole = lanes == 4;
  const pv = whole ? v128.load(p) : loadTail(p, lanes);
  const gv = f32x4.add(whole ? v128.load(g) : loadTail(g, lanes), f32x4.mul(f32x4.splat(job.weightDecay), pv));
  const mv = f32x4.add(
    f32x4.mul(f32x4.splat(job.beta1), whole ? v128.load(m) : loadTail(m, lanes)), f32x4.mul(f32x4.splat(job.rest1), gv),
  );
  const vv = f32x4.add(
    f32x4.mul(f32x4.splat(job.beta2), whole ? v128.load(v) : loadTail(v, lanes)),
    f32x4.mul(f32x4.splat(job.rest2), f32x4.mul(gv, gv)),
  );
  const root = f32x4.add(f32x4.div(f32x4.sqrt(vv), f32x4.splat(job.root2)), f32x4.splat(job.epsilon));
  const next = f32x4.sub(pv, f32x4.mul(f32x4.splat(job.rate), f32x4.div(mv, root)));
  if (whole) {
    v128.store(p, next);
    v128.store(m, mv);
    v128.store(v, vv);
  } else {
    storeTail(p, next, lanes);
    storeTail(m, mv, lanes);
    storeTail(v, vv, lanes);
  }
}

function adamTask(task: i32): void {
  const job = record<Optimizer>(OPTIMIZER);
  let entry = job.table, unit = task;
  for (;;) {
    const here = (load<i32>(entry, 16) + CHUNK - 1) / CHUNK;
    if (unit < here) break;
    unit -= here;
    entry += ENTRY;
  }
  const first = unit * CHUNK, n = min(CHUNK, load<i32>(entry, 16) - first), offset = <usize>first << 2;
  let p = load<usize>(entry) + offset, g = load<usize>(entry, 4) + offset;
  let m = load<usize>(entry, 8) + offset, v = load<usize>(entry, 12) + offset;
  const end = p + (<usize>(n & ~3) << 2), tail = n & 3;
  while (p < end) {
    update(p, g, m, v, 4);
    p += 16;
    g += 16;
    m += 16;
    v += 16;
  }
  if (tail) update(p, g, m, v, tail);
}

/** e = decay * e + (1 - decay) * p for each entry (e, p, -, -, n), in place. */
export function emaUpdate(table: usize, count: i32, decay: f64): void {
  const job = record<Optimizer>(OPTIMIZER);
  job.table = table;
  job.decay = <f32>decay;
  job.rest = <f32>(1 - decay);
  parallel(emaTask.index, units(table, count));
}

function emaTask(task: i32): void {
  const job = record<Optimizer>(OPTIMIZER);
  let entry = job.table, unit = task;
  for (;;) {
    const here = (load<i32>(entry, 16) + CHUNK - 1) / CHUNK;
    if (unit < here) break;
    unit -= here;
    entry += ENTRY;
  }
  const first = unit * CHUNK, n = min(CHUNK, load<i32>(entry, 16) - first), offset = <usize>first << 2;
  let e = load<usize>(entry) + offset, p = load<usize>(entry, 4) + offset;
  const decay = f32x4.splat(job.decay), rest = f32x4.splat(job.rest), end = e + (<usize>(n & ~3) << 2), tail = n & 3;
  while (e < end) {
    v128.store(e, f32x4.add(f32x4.mul(decay, v128.load(e)), f32x4.mul(rest, v128.load(p))));
    e += 16;
    p += 16;
  }
  if (tail) storeTail(e, f32x4.add(f32x4.mul(decay, loadTail(e, tail)), f32x4.mul(rest, loadTail(p, tail))), tail);
}
