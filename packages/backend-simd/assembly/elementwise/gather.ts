/** Slices of a tensor by index, along one axis. */
import { parallel } from '../runtime/pool';
import { GATHER, record } from '../runtime/records';

@unmanaged
class Gather {
  x: usize;
  indices: usize;
  y: usize;
  /** Blocks [dim, slice] of x that share a row of indices, slices in a block, indices in a row. */
  outer: i32;
  dim: i32;
  count: i32;
  sliceBytes: i32;
  /** Slices of y, and how many of them a task owns. */
  slices: i32;
  share: i32;
}

/**
 * x [batch, outer, dim, slice], indices [batch, count] (32-bit, each within 0..dim) -> y [batch, outer, count, slice].
 */
export function gatherSlices(x: usize, indices: usize, y: usize, batch: i32, outer: i32, dim: i32, count: i32, sliceBytes: i32): void {
  const job = record<Gather>(GATHER);
  job.x = x;
  job.indices = indices;
  job.y = y;
  job.outer = outer;
  job.dim = dim;
  job.count = count;
  job.sliceBytes = sliceBytes;
  job.slices = batch * outer * count;
  job.share = max(1, 65536 / max(1, sliceBytes));
  parallel(gatherTask.index, (job.slices + job.share - 1) / job.share);
}

function gatherTask(task: i32): void {
  const job = record<Gather>(GATHER), count = job.count, bytes = <usize>job.sliceBytes, last = min(job.slices, (task + 1) * job.share);
  for (let slice = task * job.share; slice < last; slice++) {
    const block = slice / count, index = load<i32>(job.indices + (<usize>(block / job.outer * count + slice % count) << 2));
    const from = job.x + <usize>(block * job.dim + index) * bytes, to = job.y + <usize>slice * bytes;
    if (bytes == 4) store<u32>(to, load<u32>(from));
    else memory.copy(to, from, bytes);
  }
}
