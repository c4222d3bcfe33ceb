/**
 * Adam with coupled L2 decay, in place (Kingma and Ba, "Adam", ICLR 2015; PyTorch's form of the epsilon).
 * `table` lists count × (p, g, m, v, n), all tensors one after another in units of CHUNK numbers.
 */
import { arg, parallel, setArg } from "../runtime/pool";
import { loadTail, storeTail } from "../runtime/vector";

const CHUNK: i32 = 16384;
const ENTRY: usize = 20;

/** Units of at most CHUNK numbers in all tensors of the table: the tasks of an update. */
function units(table: usize, count: i32): i32 {
  let total = 0;
  for (let i = 0; i < count; i++) total += (load<i32>(table + <usize>i * ENTRY, 16) + CHUNK - 1) / CHUNK;
  return total;
}

export function adamUpdate(
  table: usize, count: i32, learningRate: f64, beta1: f64, beta2: f64, epsilon: f64, weightDecay: f64, correction1: f64, correction2: f64,
): void {
  setArg<usize>(0, table);
  setArg<i32>(1, count);
  setArg<f32>(2, <f32>(learningRate / correction1));
  setArg<f32>(3, <f32>beta1);
  setArg<f32>(4, <f32>(1 - beta1));
  setArg<f32>(5, <f32>beta2);
  setArg<f32>(6, <f32>(1 - beta2));
  setArg<f32>(7, <f32>epsilon);
  setArg<f32>(8, <f32>weightDecay);
  setArg<f32>(9, <f32>Math.sqrt(correction2));
  parallel(adamTask.index, units(table, count));
}

// @ts-ignore: decorator
@inline
function update(p: usize, g: usize, m: usize, v: usize, lanes: i32): void {
  const whole = lanes == 4;
  const pv = whole ? v128.load(p) : loadTail(p, lanes);
  const gv = f32x4.add(whole ? v128.load(g) : loadTail(g, lanes), f32x4.mul(f32x4.splat(arg<f32>(8)), pv));
  const mv = f32x4.add(
    f32x4.mul(f32x4.splat(arg<f32>(3)), whole ? v128.load(m) : loadTail(m, lanes)), f32x4.mul(f32x4.splat(arg<f32>(4)), gv),
  );
  const vv = f32x4.add(
    f32x4.mul(f32x4.splat(arg<f32>(5)), whole ? v128.load(v) : loadTail(v, lanes)),
    f32x4.mul(f32x4.splat(arg<f32>(6)), f32x4.mul(gv, gv)),
  );
  const root = f32x4.add(f32x4.div(f32x4.sqrt(vv), f32x4.splat(arg<f32>(9))), f32x4.splat(arg<f32>(7)));
  const next = f32x4.sub(pv, f32x4.mul(f32x4.splat(arg<f32>(2)), f32x4.div(mv, root)));
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
  let entry = arg<usize>(0), unit = task;
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
  setArg<usize>(0, table);
  setArg<f32>(2, <f32>decay);
  setArg<f32>(3, <f32>(1 - decay));
  parallel(emaTask.index, units(table, count));
}

function emaTask(task: i32): void {
  let entry = arg<usize>(0), unit = task;
  for (;;) {
    const here = (load<i32>(entry, 16) + CHUNK - 1) / CHUNK;
    if (unit < here) break;
    unit -= here;
    entry += ENTRY;
  }
  const first = unit * CHUNK, n = min(CHUNK, load<i32>(entry, 16) - first), offset = <usize>first << 2;
  let e = load<usize>(entry) + offset, p = load<usize>(entry, 4) + offset;
  const decay = f32x4.splat(arg<f32>(2)), rest = f32x4.splat(arg<f32>(3)), end = e + (<usize>(n & ~3) << 2), tail = n & 3;
  while (e < end) {
    v128.store(e, f32x4.add(f32x4.mul(decay, v128.load(e)), f32x4.mul(rest, v128.load(p))));
    e += 16;
    p += 16;
  }
  if (tail) storeTail(e, f32x4.add(f32x4.mul(decay, loadTail(e, tail)), f32x4.mul(rest, loadTail(p, tail))), tail);
}
