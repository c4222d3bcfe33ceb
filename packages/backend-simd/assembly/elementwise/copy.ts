/** Strided copies of up to six axes: slice, pad, concat, transpose, reverse, tile and broadcast are all this. */
import { parallel } from '../runtime/pool';
import { COPY, record } from '../runtime/records';

@unmanaged
class Copy {
  from: usize;
  to: usize;
  plan: usize;
  bytes: i32;
  rows: i32;
  rowsPerTask: i32;
}

/**
 * Copies 4-byte (or 1-byte) cells. `plan` points at 18 integers: six sizes, six source strides, six target strides
 * (in cells, outermost axis first; strides may be 0 or negative).
 */
export function copyStrided(from: usize, to: usize, plan: usize, bytes: i32): void {
  const job = record<Copy>(COPY);
  job.from = from;
  job.to = to;
  job.plan = plan;
  job.bytes = bytes;
  let outer = 1;
  for (let axis = 0; axis < 5; axis++) outer *= load<i32>(plan + (<usize>axis << 2));
  const inner = load<i32>(plan, 20), rowsPerTask = max(1, 16384 / max(1, inner));
  job.rows = outer;
  job.rowsPerTask = rowsPerTask;
  parallel(copyTask.index, (outer + rowsPerTask - 1) / rowsPerTask);
}

function copyTask(task: i32): void {
  const job = record<Copy>(COPY), plan = job.plan, bytes = job.bytes, perTask = job.rowsPerTask, outer = job.rows;
  const inner = load<i32>(plan, 20), fromStep = load<i32>(plan, 44) * bytes, toStep = load<i32>(plan, 68) * bytes;
  const end = min(outer, (task + 1) * perTask);
  for (let row = task * perTask; row < end; row++) {
    let rest = row;
    let from = job.from, to = job.to;
    for (let axis = 4; axis >= 0; axis--) {
      const cell = plan + (<usize>axis << 2), size = load<i32>(cell), i = rest % size;
      rest /= size;
      from += <usize>(i * load<i32>(cell, 24) * bytes);
      to += <usize>(i * load<i32>(cell, 48) * bytes);
    }
    if (fromStep == bytes && toStep == bytes) {
      memory.copy(to, from, <usize>(inner * bytes));
    } else if (bytes == 4) {
      for (let i = 0; i < inner; i++) {
        store<u32>(to, load<u32>(from));
        from += <usize>fromStep;
        to += <usize>toStep;
      }
    } else {
      for (let i = 0; i < inner; i++) {
        store<u8>(to, load<u8>(from));
        from += <usize>fromStep;
        to += <usize>toStep;
      }
    }
  }
}

/** Fills `n` 4-byte cells with one bit pattern. */
export function fill(to: usize, value: u32, n: i32): void {
  const v = i32x4.splat(value), end = to + (<usize>(n & ~3) << 2), last = to + (<usize>n << 2);
  for (; to < end; to += 16) v128.store(to, v);
  for (; to < last; to += 4) store<u32>(to, value);
}
