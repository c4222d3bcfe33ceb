/** Tiles of images to and from points: the four directions that forward and gradients need. */
import { arg, parallel, setArg } from "../runtime/pool";
import { transpose6x4 } from "../conv/patches";
import { activate } from "../conv/activation";
import { inputGrad, inputPoints, outputCells, outputGrad, POINTS } from "./transforms";
import { cellOffsets, chunkTiles, threadBuffer, Tiling } from "./tiling";
import { Ring } from "./ring";

/** Bᵀ d B of the 6 × 6 cells whose offsets are listed; 36 vectors at `out`. `temp` holds 36 vectors. */
// @ts-ignore: decorator
@inline
function tilePoints(x: usize, zeros: usize, offsets: usize, temp: usize, out: usize): void {
  for (let j: usize = 0; j < 6; j++) {
    const at = offsets + (j << 2);
    inputPoints(
      cell(x, zeros, load<i32>(at)), cell(x, zeros, load<i32>(at, 24)), cell(x, zeros, load<i32>(at, 48)),
      cell(x, zeros, load<i32>(at, 72)), cell(x, zeros, load<i32>(at, 96)), cell(x, zeros, load<i32>(at, 120)),
      temp + (j << 4), 96,
    );
  }
  for (let i: usize = 0; i < 6; i++) {
    const row = temp + i * 96;
    inputPoints(
      v128.load(row), v128.load(row, 16), v128.load(row, 32), v128.load(row, 48), v128.load(row, 64), v128.load(row, 80),
      out + i * 96, 16,
    );
  }
}

// @ts-ignore: decorator
@inline
function cell(x: usize, zeros: usize, offset: i32): v128 {
  return v128.load(offset == -1 ? zeros : x + <usize>offset);
}

/**
 * Input tiles of the chunk to points: V[point] as strips of A, [tiles / 6][cIn][6].
 */
export function inputStrips(t: Tiling, x: usize, out: usize, bytes: usize): void {
  setArg<Tiling>(0, t);
  setArg<usize>(1, x);
  setArg<usize>(2, out);
  setArg<usize>(3, bytes);
  parallel(inputStripTask.index, (chunkTiles(t) + 5) / 6);
}

function inputStripTask(strip: i32): void {
  const t = arg<Tiling>(0), bytes = arg<usize>(3), c = t.c, zeros = t.zeros;
  const offsets = threadBuffer(t), temp = offsets + 1024, points = temp + 1024;
  let to = arg<usize>(2) + <usize>(strip * t.cIn) * 24;
  for (let phase = 0; phase < t.inPhases; phase++) {
    for (let k = 0; k < 6; k++) cellOffsets(t, t.first + strip * 6 + k, phase, offsets + <usize>k * 144);
    for (let i = 0; i < c; i += 4) {
      const x = arg<usize>(1) + (<usize>i << 2);
      for (let k: usize = 0; k < 6; k++) tilePoints(x, zeros, offsets + k * 144, temp, points + k * 576);
      for (let p: usize = 0; p < <usize>POINTS; p++) {
        const v = points + (p << 4);
        transpose6x4(
          v128.load(v), v128.load(v, 576), v128.load(v, 1152), v128.load(v, 1728), v128.load(v, 2304), v128.load(v, 2880), to + p * bytes,
        );
      }
      to += 96;
    }
  }
}

/** Input tiles of the chunk to points: V[point] as panels of B, [cIn / 8][tiles][8]. */
export function inputPanels(t: Tiling, x: usize, out: usize, bytes: usize): void {
  setArg<Tiling>(0, t);
  setArg<usize>(1, x);
  setArg<usize>(2, out);
  setArg<usize>(3, bytes);
  parallel(inputPanelTask.index, (chunkTiles(t) + 1) / 2);
}

function inputPanelTask(task: i32): void {
  const t = arg<Tiling>(0), bytes = arg<usize>(3), c = t.c, zeros = t.zeros, panel = <usize>t.chunk << 5, tiles = chunkTiles(t);
  const offsets = threadBuffer(t), temp = offsets + 1024, points = temp + 1024;
  for (let tile = task * 2; tile < min(tiles, task * 2 + 2); tile++) {
    for (let phase = 0; phase < t.inPhases; phase++) {
      cellOffsets(t, t.first + tile, phase, offsets);
      for (let i = 0; i < c; i += 4) {
        tilePoints(arg<usize>(1) + (<usize>i << 2), zeros, offsets, temp, points);
        const k = phase * c + i;
        const to = arg<usize>(2) + <usize>(k >> 3) * panel + (<usize>tile << 5) + (<usize>(k & 7) << 2);
        for (let p: usize = 0; p < <usize>POINTS; p++) v128.store(to + p * bytes, v128.load(points + (p << 4)));
      }
    }
  }
}

/** Where output tile `tile` of phase 0 begins, and how much of it exists. */
@unmanaged
class OutputTile {
  image: i32;
  y: i32;
  x: i32;
  rows: i32;
  cols: i32;
}

// @ts-ignore: decorator
@inline
function outputTile(t: Tiling, tile: i32, at: usize): OutputTile {
  const perImage = t.tilesY * t.tilesX, inImage = tile % perImage, result = changetype<OutputTile>(at);
  result.image = tile / perImage;
  result.y = (inImage / t.tilesX) * t.m;
  result.x = (inImage % t.tilesX) * t.m;
  result.rows = min(t.m, t.gridH - result.y);
  result.cols = min(t.m, t.gridW - result.x);
  return result;
}

/** Products M[point], [tiles][cOut], to output cells, with bias, activation and the ring's correction. */
export function outputFromPoints(
  t: Tiling, points: usize, bytes: usize, rowBytes: usize, y: usize, bias: usize, activation: i32, slope: f32, ring: Ring,
): void {
  setArg<Tiling>(0, t);
  setArg<usize>(1, points);
  setArg<usize>(2, bytes);
  setArg<usize>(3, rowBytes);
  setArg<usize>(4, y);
  setArg<usize>(5, bias);
  setArg<i32>(6, activation);
  setArg<f32>(7, slope);
  setArg<Ring>(8, ring);
  parallel(outputTask.index, chunkTiles(t));
}

function outputTask(task: i32): void {
  const t = arg<Tiling>(0), m = t.m, bytes = arg<usize>(2), bias = arg<usize>(5), step = t.outStep, o = t.o;
  const activation = arg<i32>(6), slope = f32x4.splat(arg<f32>(7)), ring = arg<Ring>(8), hasRing = changetype<usize>(ring) != 0;
  const temp = threadBuffer(t), cells = temp + 1024, tile = outputTile(t, t.first + task, cells + 1024);
  const image = arg<usize>(4) + <usize>tile.image * t.outImageBytes;
  for (let phase = 0; phase < t.outPhases; phase++) {
    for (let i = 0; i < o; i += 4) {
      const from = arg<usize>(1) + <usize>task * arg<usize>(3) + (<usize>(phase * o + i) << 2);
      for (let j: usize = 0; j < 6; j++) outputCells(m, from + j * bytes, bytes * 6, temp + (j << 4), 96);
      for (let k = 0; k < tile.rows; k++) outputCells(m, temp + <usize>k * 96, 16, cells + <usize>k * 96, 16);
      const b = bias ? v128.load(bias + (<usize>i << 2)) : f32x4.splat(0);
      for (let k = 0; k < tile.rows; k++) {
        const row = (tile.y + k) * step + (phase >> 1);
        for (let l = 0; l < tile.cols; l++) {
          const col = (tile.x + l) * step + (phase & 1);
          let v = f32x4.add(v128.load(cells + <usize>k * 96 + (<usize>l << 4)), b);
          if (hasRing) v = ring.correct(v, tile.image, row, col, i);
          v128.store(image + <usize>row * t.outRowBytes + (<usize>(col * o + i) << 2), activate(v, activation, slope));
        }
      }
    }
  }
}

/** A dy Aᵀ of one tile and four channels of one output phase; 36 vectors at `out`. */
// @ts-ignore: decorator
@inline
function gradPoints(t: Tiling, dy: usize, tile: OutputTile, phase: i32, channel: i32, cells: usize, temp: usize, out: usize): void {
  const m = t.m, step = t.outStep;
  for (let k = 0; k < m; k++) {
    for (let l = 0; l < m; l++) {
      const row = (tile.y + k) * step + (phase >> 1), col = (tile.x + l) * step + (phase & 1);
      const inside = k < tile.rows && l < tile.cols;
      const from = dy + <usize>tile.image * t.outImageBytes + <usize>row * t.outRowBytes + (<usize>(col * t.o + channel) << 2);
      v128.store(cells + <usize>k * 80 + (<usize>l << 4), inside ? v128.load(from) : f32x4.splat(0));
    }
  }
  for (let l = 0; l < m; l++) outputGrad(m, cells + (<usize>l << 4), 80, temp + (<usize>l << 4), 96);
  for (let i: usize = 0; i < 6; i++) outputGrad(m, temp + i * 96, 16, out + i * 96, 16);
}

/** Gradient tiles of the chunk to points, as strips of A over tiles: [tiles / 6][cOut][6]. */
export function gradStripsByTile(t: Tiling, dy: usize, out: usize, bytes: usize): void {
  setArg<Tiling>(0, t);
  setArg<usize>(1, dy);
  setArg<usize>(2, out);
  setArg<usize>(3, bytes);
  parallel(gradTileStripTask.index, (chunkTiles(t) + 5) / 6);
}

function gradTileStripTask(strip: i32): void {
  const t = arg<Tiling>(0), bytes = arg<usize>(3), o = t.o;
  const cells = threadBuffer(t), temp = cells + 1024, points = temp + 1024, record = points + 4096;
  let to = arg<usize>(2) + <usize>(strip * t.cOut) * 24;
  for (let phase = 0; phase < t.outPhases; phase++) {
    for (let i = 0; i < o; i += 4) {
      for (let k: usize = 0; k < 6; k++) {
        const tile = outputTile(t, min(t.first + strip * 6 + <i32>k, t.tiles - 1), record);
        gradPoints(t, arg<usize>(1), tile, phase, i, cells, temp, points + k * 576);
      }
      for (let p: usize = 0; p < <usize>POINTS; p++) {
        const v = points + (p << 4);
        transpose6x4(
          v128.load(v), v128.load(v, 576), v128.load(v, 1152), v128.load(v, 1728), v128.load(v, 2304), v128.load(v, 2880), to + p * bytes,
        );
      }
      to += 96;
    }
  }
}

/** Gradient tiles of the chunk to points, as strips of A over output channels: [cOut / 6][tiles][6]. */
export function gradStripsByChannel(t: Tiling, dy: usize, out: usize, bytes: usize): void {
  setArg<Tiling>(0, t);
  setArg<usize>(1, dy);
  setArg<usize>(2, out);
  setArg<usize>(3, bytes);
  parallel(gradChannelStripTask.index, (chunkTiles(t) + 1) / 2);
}

function gradChannelStripTask(task: i32): void {
  const t = arg<Tiling>(0), bytes = arg<usize>(3), o = t.o, strip = <usize>t.chunk * 24, tiles = chunkTiles(t);
  const cells = threadBuffer(t), temp = cells + 1024, points = temp + 1024, record = points + 4096;
  for (let index = task * 2; index < min(tiles, task * 2 + 2); index++) {
    const tile = outputTile(t, t.first + index, record);
    const base = arg<usize>(2) + <usize>index * 24;
    for (let phase = 0; phase < t.outPhases; phase++) {
      for (let i = 0; i < o; i += 4) {
        gradPoints(t, arg<usize>(1), tile, phase, i, cells, temp, points);
        // Strips are 6 wide and vectors 4: two pairs, each within one strip.
        const k = phase * o + i;
        const low = base + <usize>(k / 6) * strip + (<usize>(k % 6) << 2);
        const high = base + <usize>((k + 2) / 6) * strip + (<usize>((k + 2) % 6) << 2);
        for (let p: usize = 0; p < <usize>POINTS; p++) {
          const v = points + (p << 4);
          store<u64>(low + p * bytes, load<u64>(v));
          store<u64>(high + p * bytes, load<u64>(v, 8));
        }
      }
    }
  }
}

/** Channels that a task of `inputFromPoints` owns. */
const OWNED: i32 = 16;

/**
 * Gradients at points, dV[point] as [tiles][cIn], added into dx. Tiles overlap, and padding sends several cells to
 * one: a task owns some channels of an image and adds tile after tile, always in the same order.
 */
export function inputFromPoints(t: Tiling, points: usize, bytes: usize, rowBytes: usize, dx: usize): void {
  setArg<Tiling>(0, t);
  setArg<usize>(1, points);
  setArg<usize>(2, bytes);
  setArg<usize>(3, rowBytes);
  setArg<usize>(4, dx);
  parallel(inputGradTask.index, (t.c + OWNED - 1) / OWNED);
}

function inputGradTask(task: i32): void {
  const t = arg<Tiling>(0), bytes = arg<usize>(2), c0 = task * OWNED, c1 = min(t.c, c0 + OWNED), tiles = chunkTiles(t);
  const offsets = threadBuffer(t), temp = offsets + 1024, cells = temp + 1024;
  for (let tile = 0; tile < tiles; tile++) {
    for (let phase = 0; phase < t.inPhases; phase++) {
      cellOffsets(t, t.first + tile, phase, offsets);
      for (let c = c0; c < c1; c += 4) {
        const from = arg<usize>(1) + <usize>tile * arg<usize>(3) + (<usize>(phase * t.c + c) << 2), dx = arg<usize>(4) + (<usize>c << 2);
        for (let j: usize = 0; j < 6; j++) inputGrad(from + j * bytes, bytes * 6, temp + (j << 4), 96);
        for (let i: usize = 0; i < 6; i++) inputGrad(temp + i * 96, 16, cells + i * 96, 16);
        for (let p: usize = 0; p < <usize>POINTS; p++) {
          const offset = load<i32>(offsets + (p << 2));
          if (offset == -1) continue;
          const at = dx + <usize>offset;
          v128.store(at, f32x4.add(v128.load(at), v128.load(cells + (p << 4))));
        }
      }
    }
  }
}
