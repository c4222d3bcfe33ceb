/** dz[i] = dy[i] * act'(.) from the activation's output. */
import { parallel } from '../runtime/pool';
import { ACTIVATION_GRAD, record } from '../runtime/records';
import { loadTail, storeTail } from '../runtime/vector';
import { activationGrad } from '../conv/activation';
import { CHUNK } from './unary';

@unmanaged
class ActivationGrad {
  activation: i32;
  slope: f32;
  dy: usize;
  y: usize;
  dz: usize;
  n: i32;
}

export function activationBackward(activation: i32, slope: f32, dy: usize, y: usize, dz: usize, n: i32): void {
  const job = record<ActivationGrad>(ACTIVATION_GRAD);
  job.activation = activation;
  job.slope = slope;
  job.dy = dy;
  job.y = y;
  job.dz = dz;
  job.n = n;
  parallel(activationGradTask.index, (n + CHUNK - 1) / CHUNK);
}

function activationGradTask(task: i32): void {
  const job = record<ActivationGrad>(ACTIVATION_GRAD), activation = job.activation, slope = f32x4.splat(job.slope);
  const first = task * CHUNK, n = min(CHUNK, job.n - first), offset = <usize>first << 2;
  let dy = job.dy + offset, y = job.y + offset, dz = job.dz + offset;
  const end = dy + (<usize>(n & ~3) << 2), tail = n & 3;
  while (dy < end) {
    v128.store(dz, activationGrad(v128.load(dy), v128.load(y), activation, slope));
    dy += 16;
    y += 16;
    dz += 16;
  }
  if (tail) storeTail(dz, activationGrad(loadTail(dy, tail), loadTail(y, tail), activation, slope), tail);
}
