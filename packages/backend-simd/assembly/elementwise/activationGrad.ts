/** dz[i] = dy[i] * act'(.) from the activation's output. */
import { arg, parallel, setArg } from "../runtime/pool";
import { loadTail, storeTail } from "../runtime/vector";
import { activationGrad } from "../conv/activation";
import { CHUNK } from "./unary";

export function activationBackward(activation: i32, slope: f32, dy: usize, y: usize, dz: usize, n: i32): void {
  setArg<i32>(0, activation);
  setArg<f32>(1, slope);
  setArg<usize>(2, dy);
  setArg<usize>(3, y);
  setArg<usize>(4, dz);
  setArg<i32>(5, n);
  parallel(activationGradTask.index, (n + CHUNK - 1) / CHUNK);
}

function activationGradTask(task: i32): void {
  const activation = arg<i32>(0), slope = f32x4.splat(arg<f32>(1));
  const first = task * CHUNK, n = min(CHUNK, arg<i32>(5) - first), offset = <usize>first << 2;
  let dy = arg<usize>(2) + offset, y = arg<usize>(3) + offset, dz = arg<usize>(4) + offset;
  const end = dy + (<usize>(n & ~3) << 2), tail = n & 3;
  while (dy < end) {
    v128.store(dz, activationGrad(v128.load(dy), v128.load(y), activation, slope));
    dy += 16;
    y += 16;
    dz += 16;
  }
  if (tail) storeTail(dz, activationGrad(loadTail(dy, tail), loadTail(y, tail), activation, slope), tail);
}
