/**
 * Gradient of a convolution by its filter: dw[k, o] = Σ_windows patch[window, k] dy[window, o].
 *
 * The sum runs over windows, in blocks of PC, always in the same order. dy is packed once into strips of 6 output channels,
 * [block][O / 6][PC][6]; a task owns some panels of 8 values of k, gathers their patches for one block at a time,
 * [panel][PC][8], and adds the product to its [O, k] block of the result.
 */
import { parallel, threadCount, threadIndex } from '../runtime/pool';
import { FILTER_GRAD, record } from '../runtime/records';
import { scratch } from '../runtime/scratch';
import { blockGemm, MR, NR, roundUp } from './gemm';
import { fillPanels, lineBytes, Patches } from './patches';
import { forwardPatches } from './forward';
import { Geometry } from './geometry';

/** Windows in a block. */
const PC: i32 = 256;
/** Panels of k that a task owns: each reads all of dy, so the fewer tasks the better. */
const PANELS: i32 = 12;

@unmanaged
class FilterGrad {
  patches: Patches;
  dy: usize;
  packedDy: usize;
  outChannels: i32;
  dw: usize;
  panelsPerTask: i32;
  buffers: usize;
  bufferBytes: usize;
}

export function convFilterGrad(g: Geometry, x: usize, dw: usize, dy: usize): void {
  const job = record<FilterGrad>(FILTER_GRAD), p = forwardPatches(g, x), o = g.outputs;
  const blocks = (p.pixels + PC - 1) / PC, rows = roundUp(o, MR), panels = (p.kh * p.kw * p.channels + NR - 1) / NR;
  job.patches = p;
  job.dy = dy;
  job.packedDy = scratch(<usize>(blocks * PC * rows) << 2);
  job.outChannels = o;
  job.dw = dw;
  const share = (panels + threadCount() - 1) / threadCount();
  job.panelsPerTask = share <= PANELS ? max(1, share) : PANELS;
  job.bufferBytes = (<usize>(job.panelsPerTask * NR * (PC + rows)) << 2) + lineBytes(p);
  job.buffers = scratch(job.bufferBytes * threadCount());
  parallel(packDyTask.index, blocks);
  parallel(filterGradTask.index, (panels + job.panelsPerTask - 1) / job.panelsPerTask);
}

/** One block of windows of dy [pixels, O] into strips [O / 6][PC][6]; zeros past the last channel. */
function packDyTask(block: i32): void {
  const g = record<FilterGrad>(FILTER_GRAD);
  const o = g.outChannels, first = block * PC, count = min(PC, g.patches.pixels - first), bytes = <usize>o << 2;
  let to = g.packedDy + <usize>block * PC * (<usize>roundUp(o, MR) << 2);
  for (let i = 0; i < o; i += MR) {
    let from = g.dy + <usize>first * bytes + (<usize>i << 2), cell = to;
    const lanes = min(MR, o - i);
    for (let m = 0; m < count; m++) {
      if (lanes == MR) {
        v128.store(cell, v128.load(from));
        store<u64>(cell, load<u64>(from, 16), 16);
      } else {
        for (let l: i32 = 0; l < MR; l++) store<f32>(cell + (<usize>l << 2), l < lanes ? load<f32>(from + (<usize>l << 2)) : 0);
      }
      from += bytes;
      cell += 24;
    }
    to += PC * 24;
  }
}

function filterGradTask(task: i32): void {
  const g = record<FilterGrad>(FILTER_GRAD);
  const p = g.patches, o = g.outChannels, rows = roundUp(o, MR), depth = p.kh * p.kw * p.channels;
  const j0 = task * g.panelsPerTask, j1 = min(j0 + g.panelsPerTask, (depth + NR - 1) / NR), cols = (j1 - j0) * NR;
  const b = g.buffers + <usize>threadIndex() * g.bufferBytes, c = b + (<usize>(g.panelsPerTask * NR * PC) << 2);
  const ldc = <usize>cols << 2, line = c + (<usize>(g.panelsPerTask * NR * rows) << 2);
  let a = g.packedDy;
  for (let first = 0; first < p.pixels; first += PC) {
    const count = min(PC, p.pixels - first);
    fillPanels(p, first, count, j0, j1, b, PC * 32, line);
    blockGemm(a, PC * 24, rows, b, PC * 32, cols, c, ldc, count, first > 0);
    a += <usize>(PC * rows) << 2;
  }
  for (let k = 0; k < cols; k++) {
    const row = j0 * NR + k;
    if (row >= depth) break;
    let to = g.dw + (<usize>row * o << 2), from = c + (<usize>k << 2);
    for (let i = 0; i < o; i++) {
      store<f32>(to, load<f32>(from));
      to += 4;
      from += ldc;
    }
  }
}
