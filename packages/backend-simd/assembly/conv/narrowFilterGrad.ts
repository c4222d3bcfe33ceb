/**
 * Filter gradient of a convolution with at most four output channels, stride 1 and no upsampling:
 * dw[(u, v), c, o] = Σ_pixels x[pixel, c] d[pixel, (v, o)], where row by row d[pixel, (v, o)] collects the dy of the windows
 * that read `pixel` with tap (u, v): the small side is spread out, not the wide one. A task owns one row u of taps.
 */
import { arg, parallel, setArg, threadCount, threadIndex } from "../runtime/pool";
import { RECORD_C, scratch } from "../runtime/scratch";
import { loadTail } from "../runtime/vector";
import { blockGemm, MR, NR, roundUp } from "./gemm";
import { Patches } from "./patches";
import { forwardPatches } from "./forward";

@unmanaged
class NarrowFilterGrad {
  patches: Patches;
  height: i32;
  width: i32;
  n: i32;
  dy: usize;
  o: i32;
  dw: usize;
  buffers: usize;
  bufferBytes: usize;
}

export function narrowFilterGrad(
  x: usize, n: i32, h: i32, w: i32, c: i32, dw: usize, kh: i32, kw: i32, o: i32, dy: usize,
  padTop: i32, padLeft: i32, outH: i32, outW: i32, padMode: i32,
): void {
  const g = changetype<NarrowFilterGrad>(RECORD_C);
  g.patches = forwardPatches(x, n, h, w, c, kh, kw, 1, padTop, padLeft, outH, outW, padMode, 1, 1);
  g.n = n;
  g.height = h;
  g.width = w;
  g.dy = dy;
  g.o = o;
  g.dw = dw;
  const rows = roundUp(kw * o, MR), cols = roundUp(c, NR);
  // d of one row (and one vector of slack), its strips, the row of x in panels, and the sums.
  g.bufferBytes = (<usize>(w * rows * 2 + 16 + w * cols + rows * cols) << 2) + 64;
  g.buffers = scratch(g.bufferBytes * threadCount());
  setArg<NarrowFilterGrad>(0, g);
  parallel(tapRowTask.index, kh);
}

function tapRowTask(u: i32): void {
  const g = arg<NarrowFilterGrad>(0), p = g.patches, c = p.channels, w = g.width, o = g.o, kw = p.kw;
  const rows = roundUp(kw * o, MR), cols = roundUp(c, NR), line = <i32>(<usize>(w * c) << 2), ldc = <usize>cols << 2;
  const d = g.buffers + <usize>threadIndex() * g.bufferBytes, strips = d + (<usize>(w * rows + 16) << 2);
  const panels = strips + (<usize>(w * rows) << 2), sums = panels + (<usize>(w * cols) << 2);
  memory.fill(sums, 0, <usize>rows * ldc);
  for (let n = 0; n < g.n; n++) {
    for (let h = 0; h < g.height; h++) {
      let seen = false;
      for (let i = 0; i < p.outH; i++) {
        if (load<i32>(p.rows + (<usize>(i + u) << 2)) != h * line) continue;
        if (!seen) memory.fill(d, 0, <usize>(w * rows + 16) << 2);
        seen = true;
        spread(g, g.dy + (<usize>((n * p.outH + i) * p.outW * o) << 2), d, rows);
      }
      if (!seen) continue;
      packStrips(d, w, rows, strips);
      packPanels(p.data + <usize>n * p.imageBytes + <usize>(h * line), w, c, panels);
      blockGemm(strips, <usize>w * 24, rows, panels, <usize>w << 5, cols, sums, ldc, w, true);
    }
  }
  for (let v = 0; v < kw; v++) {
    for (let i = 0; i < c; i++) {
      for (let j = 0; j < o; j++) {
        store<f32>(g.dw + (<usize>(((u * kw + v) * c + i) * o + j) << 2), load<f32>(sums + <usize>(v * o + j) * ldc + (<usize>i << 2)));
      }
    }
  }
}

/** d[w, (v, o)] += dy[j, o] for every window j and tap v that reads column w. */
function spread(g: NarrowFilterGrad, dy: usize, d: usize, rows: i32): void {
  const p = g.patches, o = g.o, cell = p.channels << 2;
  for (let j = 0; j < p.outW; j++) {
    const value = o == 4 ? v128.load(dy) : loadTail(dy, o);
    for (let v = 0; v < p.kw; v++) {
      const q = load<i32>(p.cols + (<usize>(j + v) << 2));
      if (q < 0) continue;
      // Lanes past the last channel add zeros to the neighbours.
      const to = d + (<usize>((q / cell) * rows + v * o) << 2);
      v128.store(to, f32x4.add(v128.load(to), value));
    }
    dy += <usize>o << 2;
  }
}

/** [count, rows] to strips [rows / 6][count][6]. */
function packStrips(from: usize, count: i32, rows: i32, to: usize): void {
  for (let i = 0; i < rows; i += MR) {
    let cell = from + (<usize>i << 2);
    for (let m = 0; m < count; m++) {
      v128.store(to, v128.load(cell));
      store<u64>(to, load<u64>(cell, 16), 16);
      cell += <usize>rows << 2;
      to += 24;
    }
  }
}

/** [count, c] to panels [c / 8][count][8]. */
function packPanels(from: usize, count: i32, c: i32, to: usize): void {
  for (let k = 0; k < c; k += NR) {
    let cell = from + (<usize>k << 2);
    const lanes = min(NR, c - k);
    for (let m = 0; m < count; m++) {
      if (lanes == NR) {
        v128.store(to, v128.load(cell));
        v128.store(to, v128.load(cell, 16), 16);
      } else {
        for (let l = 0; l < NR; l++) store<f32>(to + (<usize>l << 2), l < lanes ? load<f32>(cell + (<usize>l << 2)) : 0);
      }
      cell += <usize>c << 2;
      to += 32;
    }
  }
}
