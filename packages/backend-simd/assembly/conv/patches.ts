/**
 * Where the pixels under a convolution's window come from.
 *
 * Padding, upsampling and strides are two tables of byte offsets, one for rows and one for columns:
 * the source of output row i under tap u is `rows[i * step + u]`, or -1 for a zero. No padded or upsampled
 * image ever exists (implicit GEMM; Chetlur et al., 'cuDNN: Efficient Primitives for Deep Learning', 2014).
 */
import { scratch } from '../runtime/scratch';

export const PAD_ZERO: i32 = 0;
export const PAD_REFLECT: i32 = 1;
export const PAD_REPLICATE: i32 = 2;

@unmanaged
export class Patches {
  /** Image, [N, H, W, C]. */
  data: usize;
  imageBytes: usize;
  rows: usize;
  cols: usize;
  step: i32;
  /** Size of the grid of windows (of the output). */
  outH: i32;
  outW: i32;
  kh: i32;
  kw: i32;
  channels: i32;
  /** As many zeros as there are numbers under a row of the window. */
  zeros: usize;
  /** Number of windows: N * outH * outW. */
  pixels: i32;
}

/** Index into `size` cells of cell `i` of the padded axis, or -1 for a zero. */
export function padIndex(i: i32, size: i32, mode: i32): i32 {
  if (i >= 0 && i < size) return i;
  if (mode == PAD_REFLECT) {
    i = i < 0 ? -i : i;
    return i >= size ? 2 * (size - 1) - i : i;
  }
  if (mode == PAD_REPLICATE) return i < 0 ? 0 : size - 1;
  return -1;
}

/** Table for one axis of a forward convolution: `count` cells of the padded, upsampled axis. */
export function forwardTable(count: i32, size: i32, up: i32, pad: i32, mode: i32, bytes: i32): usize {
  const table = scratch(<usize>count << 2);
  for (let i = 0; i < count; i++) {
    const cell = padIndex(i - pad, size * up, mode);
    store<i32>(table + (<usize>i << 2), cell < 0 ? -1 : (cell / up) * bytes);
  }
  return table;
}

/** Table of `count` consecutive cells that begin at `first`; cells outside 0..size are zeros. */
export function shiftedTable(count: i32, first: i32, size: i32, bytes: i32): usize {
  const table = scratch(<usize>count << 2);
  for (let i = 0; i < count; i++) {
    const cell = first + i;
    store<i32>(table + (<usize>i << 2), cell < 0 || cell >= size ? -1 : cell * bytes);
  }
  return table;
}

export function zeros(count: i32): usize {
  const address = scratch((<usize>count << 2) + 64);
  memory.fill(address, 0, (<usize>count << 2) + 64);
  return address;
}

// @ts-ignore: decorator
@inline
function source(image: usize, rowOffset: i32, colOffset: i32, zeros: usize): usize {
  return (rowOffset | colOffset) < 0 ? zeros : image + <usize>rowOffset + <usize>colOffset;
}

/** Image of window `pixel`. */
// @ts-ignore: decorator
@inline
function imageOf(p: Patches, pixel: i32): usize {
  return p.data + <usize>(pixel / (p.outH * p.outW)) * p.imageBytes;
}

/** First row-table entry of window `pixel`. */
// @ts-ignore: decorator
@inline
function rowOf(p: Patches, pixel: i32): usize {
  return p.rows + (<usize>(((pixel / p.outW) % p.outH) * p.step) << 2);
}

// @ts-ignore: decorator
@inline
function colOf(p: Patches, pixel: i32): usize {
  return p.cols + (<usize>((pixel % p.outW) * p.step) << 2);
}

/**
 * Six rows of four numbers each to [4][6]: the layout of a strip of A.
 */
// @ts-ignore: decorator
@inline
export function transpose6x4(r0: v128, r1: v128, r2: v128, r3: v128, r4: v128, r5: v128, out: usize): void {
  const lo01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), hi01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const lo23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5), hi23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  const lo45 = v128.shuffle<f32>(r4, r5, 0, 4, 1, 5), hi45 = v128.shuffle<f32>(r4, r5, 2, 6, 3, 7);
  v128.store(out, v128.shuffle<f32>(lo01, lo23, 0, 1, 4, 5));
  v128.store(out, v128.shuffle<f32>(lo45, lo01, 0, 1, 6, 7), 16);
  v128.store(out, v128.shuffle<f32>(lo23, lo45, 2, 3, 6, 7), 32);
  v128.store(out, v128.shuffle<f32>(hi01, hi23, 0, 1, 4, 5), 48);
  v128.store(out, v128.shuffle<f32>(hi45, hi01, 0, 1, 6, 7), 64);
  v128.store(out, v128.shuffle<f32>(hi23, hi45, 2, 3, 6, 7), 80);
}

/** Whether the cells of a column table from `col` to `far` bytes on are neighbours in memory. (Steps are never longer.) */
// @ts-ignore: decorator
@inline
function sideBySide(col: usize, far: usize, bytes: i32): bool {
  const first = load<i32>(col), last = load<i32>(col + far);
  return (first | last) >= 0 && last - first == bytes;
}

/** [count] of six sources, interleaved to [count][6]. */
export function interleave6(s0: usize, s1: usize, s2: usize, s3: usize, s4: usize, s5: usize, count: i32, out: usize): void {
  let i: usize = 0;
  const body = <usize>(count & ~3) << 2, end = <usize>count << 2;
  for (; i < body; i += 16) {
    transpose6x4(
      v128.load(s0 + i), v128.load(s1 + i), v128.load(s2 + i), v128.load(s3 + i), v128.load(s4 + i), v128.load(s5 + i), out,
    );
    out += 96;
  }
  for (; i < end; i += 4) {
    store<f32>(out, load<f32>(s0 + i));
    store<f32>(out, load<f32>(s1 + i), 4);
    store<f32>(out, load<f32>(s2 + i), 8);
    store<f32>(out, load<f32>(s3 + i), 12);
    store<f32>(out, load<f32>(s4 + i), 16);
    store<f32>(out, load<f32>(s5 + i), 20);
    out += 24;
  }
}

/**
 * Strips of A for windows first..first+count (count rounded up to whole strips; windows past the end repeat the last).
 * k runs over taps t0..t1 and, within a tap, over channels c0..c1.
 */
export function fillStrips(
  p: Patches, first: i32, count: i32, t0: i32, t1: i32, c0: i32, c1: i32, out: usize, stripBytes: usize,
): void {
  const last = p.pixels - 1, kw = p.kw, nothing = p.zeros;
  const offset = <usize>c0 << 2;
  for (let m = 0; m < count; m += 6) {
    const p0 = min(first + m, last), p1 = min(p0 + 1, last), p2 = min(p0 + 2, last);
    const p3 = min(p0 + 3, last), p4 = min(p0 + 4, last), p5 = min(p0 + 5, last);
    const i0 = imageOf(p, p0), i1 = imageOf(p, p1), i2 = imageOf(p, p2);
    const i3 = imageOf(p, p3), i4 = imageOf(p, p4), i5 = imageOf(p, p5);
    const r0 = rowOf(p, p0), r1 = rowOf(p, p1), r2 = rowOf(p, p2), r3 = rowOf(p, p3), r4 = rowOf(p, p4), r5 = rowOf(p, p5);
    const q0 = colOf(p, p0), q1 = colOf(p, p1), q2 = colOf(p, p2), q3 = colOf(p, p3), q4 = colOf(p, p4), q5 = colOf(p, p5);
    let to = out;
    for (let t = t0; t < t1; ) {
      const u = <usize>(t / kw) << 2, v = <usize>(t % kw) << 2;
      // Taps of one row that lie side by side in all six windows are one copy (few channels, away from the border).
      let run = c1 - c0 == p.channels ? min(kw - t % kw, t1 - t) : 1;
      if (run > 1) {
        const far = <usize>(run - 1) << 2, bytes = (run - 1) * p.channels * 4;
        if (
          !(sideBySide(q0 + v, far, bytes) && sideBySide(q1 + v, far, bytes) && sideBySide(q2 + v, far, bytes)
            && sideBySide(q3 + v, far, bytes) && sideBySide(q4 + v, far, bytes) && sideBySide(q5 + v, far, bytes))
        ) run = 1;
      }
      const numbers = run * (c1 - c0);
      interleave6(
        source(i0, load<i32>(r0 + u), load<i32>(q0 + v), nothing) + offset,
        source(i1, load<i32>(r1 + u), load<i32>(q1 + v), nothing) + offset,
        source(i2, load<i32>(r2 + u), load<i32>(q2 + v), nothing) + offset,
        source(i3, load<i32>(r3 + u), load<i32>(q3 + v), nothing) + offset,
        source(i4, load<i32>(r4 + u), load<i32>(q4 + v), nothing) + offset,
        source(i5, load<i32>(r5 + u), load<i32>(q5 + v), nothing) + offset,
        numbers, to,
      );
      to += <usize>numbers * 24;
      t += run;
    }
    out += stripBytes;
  }
}

/**
 * Panels of B for windows first..first+count, panels j0..j1: [panel][window][8], where k = 8 * panel + lane runs over
 * taps and channels together and lanes past the last k are zeros. `line` is scratch for one window's numbers.
 */
export function fillPanels(
  p: Patches, first: i32, count: i32, j0: i32, j1: i32, out: usize, panelBytes: usize, line: usize,
): void {
  if ((p.channels & 7) == 0) {
    for (let j = j0; j < j1; j++) {
      fillPanel(p, first, count, j * 8, out);
      out += panelBytes;
    }
    return;
  }
  const rowNumbers = p.kw * p.channels, u0 = (j0 * 8) / rowNumbers, u1 = min(p.kh, (j1 * 8 - 1) / rowNumbers + 1);
  const from = line + (<usize>(j0 * 8 - u0 * rowNumbers) << 2), end = line + (<usize>((u1 - u0) * rowNumbers) << 2);
  for (let m = 0; m < count; m++) {
    gatherLine(p, first + m, u0, u1, line);
    v128.store(end, f32x4.splat(0));
    v128.store(end, f32x4.splat(0), 16);
    let cell = from, to = out;
    for (let j = j0; j < j1; j++) {
      v128.store(to, v128.load(cell));
      v128.store(to, v128.load(cell, 16), 16);
      cell += 32;
      to += panelBytes;
    }
    out += 32;
  }
}

/** Bytes of `line` that `fillPanels` needs. */
export function lineBytes(p: Patches): usize {
  return (<usize>(p.kh * p.kw * p.channels) << 2) + 128;
}

/** Rows u0..u1 of one window, one after another. May write up to three numbers past the end. */
function gatherLine(p: Patches, pixel: i32, u0: i32, u1: i32, to: usize): void {
  const image = imageOf(p, pixel), row = rowOf(p, pixel), col = colOf(p, pixel), kw = p.kw, bytes = p.channels << 2;
  const whole = sideBySide(col, <usize>(kw - 1) << 2, (kw - 1) * bytes);
  for (let u = u0; u < u1; u++) {
    const r = load<i32>(row + (<usize>u << 2));
    for (let v = 0; v < kw; v += whole ? kw : 1) {
      const from = source(image, r, load<i32>(col + (<usize>v << 2)), p.zeros), end = <usize>(whole ? kw * bytes : bytes);
      for (let i: usize = 0; i < end; i += 16) v128.store(to + i, v128.load(from + i));
      to += end;
    }
  }
}

/** One panel, all of whose lanes belong to the same tap. */
function fillPanel(p: Patches, first: i32, count: i32, k: i32, to: usize): void {
  const tap = k / p.channels, u = <usize>(tap / p.kw) << 2, v = <usize>(tap % p.kw) << 2, c = <usize>(k % p.channels) << 2;
  let x = first % p.outW, y = (first / p.outW) % p.outH, image = imageOf(p, first);
  let row = load<i32>(p.rows + (<usize>(y * p.step) << 2) + u);
  for (let m = 0; m < count; m++) {
    const from = source(image, row, load<i32>(p.cols + (<usize>(x * p.step) << 2) + v), p.zeros) + c;
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
    to += 32;
    if (++x == p.outW) {
      x = 0;
      if (++y == p.outH) {
        y = 0;
        image += p.imageBytes;
      }
      row = load<i32>(p.rows + (<usize>(y * p.step) << 2) + u);
    }
  }
}
