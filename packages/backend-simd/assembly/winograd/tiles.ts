/** Tiles of images to and from points: the four directions that forward and gradients need. */
import { parallel, threadCount } from '../runtime/pool';
import { record, TILE_PASS } from '../runtime/records';
import { activate, NONE } from '../conv/activation';
import { transpose6x4 } from '../conv/patches';
import { Border } from './border';
import { inputGrad, inputPoints, outputCells, outputGrad, POINTS } from './transforms';
import { WIDE_TILE, WIDE_VECTOR } from './transformsWide';
import { gradPoints8, inputGrads8, outputCellsOf8, stripsOf8, tilePoints8 } from './tilesWide';
import {
  byEight, cellOffsets, cellsBuffer, chunkTiles, halfwayBuffer, offsetsBuffer, OutputTile, outputTile, pointsBuffer, ROW, TILE, TILE_OFFSETS, Tiling,
  VECTOR,
} from './tiling';

/** Bytes of a row of five cells. */
const CELL_ROW: usize = VECTOR * 5;

/** One pass over the tiles of a chunk, from an image to points or back. */
@unmanaged
class TilePass {
  tiling: Tiling;
  /** x, y, dx or dy. */
  image: usize;
  /** Matrices of the 36 points, and the bytes of each. */
  points: usize;
  pointBytes: usize;
  /** Bytes of a tile's row in a matrix [tiles][channels]. */
  rowBytes: usize;
  /** Tiles that a task takes together. */
  group: i32;
  /** What happens to outputs. */
  bias: usize;
  activation: i32;
  slope: f32;
  border: Border;
}

// @ts-ignore: decorator
@inline
function present(): TilePass {
  return record<TilePass>(TILE_PASS);
}

function newPass(t: Tiling, image: usize, points: usize, pointBytes: usize): TilePass {
  const pass = present();
  pass.tiling = t;
  pass.image = image;
  pass.points = points;
  pass.pointBytes = pointBytes;
  return pass;
}

/** Bᵀ d B of the 6 × 6 cells whose offsets are listed; 36 vectors at `out`. `halfway` holds 36 vectors. */
// @ts-ignore: decorator
@inline
function tilePoints(x: usize, zeros: usize, offsets: usize, halfway: usize, out: usize): void {
  for (let j: usize = 0; j < 6; j++) {
    const at = offsets + (j << 2);
    inputPoints(
      cell(x, zeros, load<i32>(at)), cell(x, zeros, load<i32>(at, 24)), cell(x, zeros, load<i32>(at, 48)),
      cell(x, zeros, load<i32>(at, 72)), cell(x, zeros, load<i32>(at, 96)), cell(x, zeros, load<i32>(at, 120)),
      halfway + VECTOR * j, ROW,
    );
  }
  for (let i: usize = 0; i < 6; i++) {
    const row = halfway + ROW * i;
    inputPoints(
      v128.load(row), v128.load(row, 16), v128.load(row, 32), v128.load(row, 48), v128.load(row, 64), v128.load(row, 80),
      out + ROW * i, VECTOR,
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
  newPass(t, x, out, bytes);
  parallel(inputStripTask.index, (chunkTiles(t) + 5) / 6);
}

function inputStripTask(strip: i32): void {
  const pass = present(), t = pass.tiling, bytes = pass.pointBytes, c = t.c, zeros = t.zeros, wide = byEight(c);
  const offsets = offsetsBuffer(t), halfway = halfwayBuffer(t), points = pointsBuffer(t);
  let to = pass.points + <usize>(strip * t.cIn) * 24;
  for (let phase = 0; phase < t.inPhases; phase++) {
    for (let k = 0; k < 6; k++) cellOffsets(t, t.first + strip * 6 + k, phase, offsets + TILE_OFFSETS * k);
    let i = 0;
    if (wide) {
      for (; i < c; i += 8) {
        const x = pass.image + (<usize>i << 2);
        for (let k: usize = 0; k < 6; k++) tilePoints8(x, zeros, offsets + TILE_OFFSETS * k, halfway, points + WIDE_TILE * k);
        stripsOf8(points, to, bytes);
        to += 192;
      }
    }
    for (; i < c; i += 4) {
      const x = pass.image + (<usize>i << 2);
      for (let k: usize = 0; k < 6; k++) tilePoints(x, zeros, offsets + TILE_OFFSETS * k, halfway, points + TILE * k);
      for (let p: usize = 0; p < <usize>POINTS; p++) {
        const v = points + VECTOR * p;
        transpose6x4(
          v128.load(v), v128.load(v, TILE), v128.load(v, TILE * 2), v128.load(v, TILE * 3), v128.load(v, TILE * 4), v128.load(v, TILE * 5),
          to + p * bytes,
        );
      }
      to += 96;
    }
  }
}

/**
 * Tiles in a task that writes operands of products over tiles: neighbours end up beside each other, so that taking six together, channel by channel, fills
 * a cache line while it is at hand. Few tiles are shared out in twos.
 */
function groupOf(t: Tiling): i32 {
  return chunkTiles(t) >= 24 * threadCount() ? 6 : 2;
}

/** Input tiles of the chunk to points: V[point] as panels of B, [cIn / 8][tiles][8]. */
export function inputPanels(t: Tiling, x: usize, out: usize, bytes: usize): void {
  const group = groupOf(t);
  newPass(t, x, out, bytes).group = group;
  parallel(inputPanelTask.index, (chunkTiles(t) + group - 1) / group);
}

function inputPanelTask(task: i32): void {
  const pass = present(), t = pass.tiling, bytes = pass.pointBytes, c = t.c, zeros = t.zeros, panel = <usize>t.chunk << 5, wide = byEight(c);
  const offsets = offsetsBuffer(t), halfway = halfwayBuffer(t), points = pointsBuffer(t);
  const first = task * pass.group, count = <usize>min(pass.group, chunkTiles(t) - first);
  for (let phase = 0; phase < t.inPhases; phase++) {
    for (let j: usize = 0; j < count; j++) cellOffsets(t, t.first + first + <i32>j, phase, offsets + TILE_OFFSETS * j);
    let i = 0;
    if (wide) {
      for (; i < c; i += 8) {
        for (let j: usize = 0; j < count; j++) tilePoints8(pass.image + (<usize>i << 2), zeros, offsets + TILE_OFFSETS * j, halfway, points + WIDE_TILE * j);
        let to = pass.points + <usize>((phase * c + i) >> 3) * panel + (<usize>first << 5);
        for (let p: usize = 0; p < <usize>POINTS; p++) {
          const v = points + WIDE_VECTOR * p;
          for (let j: usize = 0; j < count; j++) {
            v128.store(to + (j << 5), v128.load(v + WIDE_TILE * j));
            v128.store(to + (j << 5), v128.load(v + WIDE_TILE * j, 16), 16);
          }
          to += bytes;
        }
      }
    }
    for (; i < c; i += 4) {
      for (let j: usize = 0; j < count; j++) tilePoints(pass.image + (<usize>i << 2), zeros, offsets + TILE_OFFSETS * j, halfway, points + TILE * j);
      const k = phase * c + i;
      let to = pass.points + <usize>(k >> 3) * panel + (<usize>first << 5) + (<usize>(k & 7) << 2);
      for (let p: usize = 0; p < <usize>POINTS; p++) {
        const v = points + VECTOR * p;
        for (let j: usize = 0; j < count; j++) v128.store(to + (j << 5), v128.load(v + TILE * j));
        to += bytes;
      }
    }
  }
}

/** Products M[point], [tiles][cOut], to output cells, with bias, activation and the correction of the border. */
export function outputFromPoints(
  t: Tiling, points: usize, bytes: usize, rowBytes: usize, y: usize, bias: usize, activation: i32, slope: f32, border: Border,
): void {
  const pass = newPass(t, y, points, bytes);
  pass.rowBytes = rowBytes;
  pass.bias = bias;
  pass.activation = activation;
  pass.slope = slope;
  pass.border = border;
  parallel(outputTask.index, chunkTiles(t));
}

function outputTask(task: i32): void {
  const pass = present(), t = pass.tiling, m = t.m, bytes = pass.pointBytes, bias = pass.bias, step = t.outStep, o = t.o;
  const activation = pass.activation, slope = f32x4.splat(pass.slope), border = pass.border, hasBorder = changetype<usize>(border) != 0;
  const halfway = halfwayBuffer(t), cells = cellsBuffer(t), tile = outputTile(t, t.first + task);
  const image = pass.image + <usize>tile.image * t.outImageBytes, wide = byEight(o) && activation == NONE && !hasBorder;
  for (let phase = 0; phase < t.outPhases; phase++) {
    let i = 0;
    if (wide) {
      for (; i < o; i += 8) {
        outputCellsOf8(t, tile, pass.points + <usize>task * pass.rowBytes + (<usize>(phase * o + i) << 2), bytes, image, phase, i, bias);
      }
    }
    for (; i < o; i += 4) {
      const from = pass.points + <usize>task * pass.rowBytes + (<usize>(phase * o + i) << 2);
      for (let j: usize = 0; j < 6; j++) outputCells(m, from + j * bytes, bytes * 6, halfway + VECTOR * j, ROW);
      for (let k = 0; k < tile.rows; k++) outputCells(m, halfway + ROW * k, VECTOR, cells + ROW * k, VECTOR);
      const b = bias ? v128.load(bias + (<usize>i << 2)) : f32x4.splat(0);
      for (let k = 0; k < tile.rows; k++) {
        const row = (tile.y + k) * step + (phase >> 1);
        for (let l = 0; l < tile.cols; l++) {
          const col = (tile.x + l) * step + (phase & 1);
          let v = f32x4.add(v128.load(cells + ROW * k + VECTOR * l), b);
          if (hasBorder) v = border.correct(v, tile.image, row, col, i);
          v128.store(image + <usize>row * t.outRowBytes + (<usize>(col * o + i) << 2), activate(v, activation, slope));
        }
      }
    }
  }
}

/** A dy Aᵀ of one tile and four channels of one output phase; 36 vectors at `out`. */
// @ts-ignore: decorator
@inline
function gradPoints(t: Tiling, dy: usize, tile: OutputTile, phase: i32, channel: i32, out: usize): void {
  const m = t.m, step = t.outStep, cells = cellsBuffer(t), halfway = halfwayBuffer(t);
  for (let k = 0; k < m; k++) {
    for (let l = 0; l < m; l++) {
      const row = (tile.y + k) * step + (phase >> 1), col = (tile.x + l) * step + (phase & 1);
      const inside = k < tile.rows && l < tile.cols;
      const from = dy + <usize>tile.image * t.outImageBytes + <usize>row * t.outRowBytes + (<usize>(col * t.o + channel) << 2);
      v128.store(cells + CELL_ROW * k + VECTOR * l, inside ? v128.load(from) : f32x4.splat(0));
    }
  }
  for (let l = 0; l < m; l++) outputGrad(m, cells + VECTOR * l, CELL_ROW, halfway + VECTOR * l, ROW);
  for (let i: usize = 0; i < 6; i++) outputGrad(m, halfway + ROW * i, VECTOR, out + ROW * i, VECTOR);
}

/** Gradient tiles of the chunk to points, as strips of A over tiles: [tiles / 6][cOut][6]. */
export function gradStripsByTile(t: Tiling, dy: usize, out: usize, bytes: usize): void {
  newPass(t, dy, out, bytes);
  parallel(gradTileStripTask.index, (chunkTiles(t) + 5) / 6);
}

function gradTileStripTask(strip: i32): void {
  const pass = present(), t = pass.tiling, bytes = pass.pointBytes, o = t.o, points = pointsBuffer(t), wide = byEight(o);
  let to = pass.points + <usize>(strip * t.cOut) * 24;
  for (let phase = 0; phase < t.outPhases; phase++) {
    let i = 0;
    if (wide) {
      for (; i < o; i += 8) {
        for (let k: usize = 0; k < 6; k++) {
          const tile = outputTile(t, min(t.first + strip * 6 + <i32>k, t.tiles - 1));
          gradPoints8(t, pass.image, tile, phase, i, points + WIDE_TILE * k);
        }
        stripsOf8(points, to, bytes);
        to += 192;
      }
    }
    for (; i < o; i += 4) {
      for (let k: usize = 0; k < 6; k++) {
        const tile = outputTile(t, min(t.first + strip * 6 + <i32>k, t.tiles - 1));
        gradPoints(t, pass.image, tile, phase, i, points + TILE * k);
      }
      for (let p: usize = 0; p < <usize>POINTS; p++) {
        const v = points + VECTOR * p;
        transpose6x4(
          v128.load(v), v128.load(v, TILE), v128.load(v, TILE * 2), v128.load(v, TILE * 3), v128.load(v, TILE * 4), v128.load(v, TILE * 5),
          to + p * bytes,
        );
      }
      to += 96;
    }
  }
}

/** Gradient tiles of the chunk to points, as strips of A over output channels: [cOut / 6][tiles][6]. */
export function gradStripsByChannel(t: Tiling, dy: usize, out: usize, bytes: usize): void {
  const group = groupOf(t);
  newPass(t, dy, out, bytes).group = group;
  parallel(gradChannelStripTask.index, (chunkTiles(t) + group - 1) / group);
}

function gradChannelStripTask(task: i32): void {
  const pass = present(), t = pass.tiling, bytes = pass.pointBytes, o = t.o, strip = <usize>t.chunk * 24, points = pointsBuffer(t);
  const first = task * pass.group, count = <usize>min(pass.group, chunkTiles(t) - first), base = pass.points + <usize>first * 24;
  for (let phase = 0; phase < t.outPhases; phase++) {
    for (let i = 0; i < o; i += 4) {
      for (let j: usize = 0; j < count; j++) gradPoints(t, pass.image, outputTile(t, t.first + first + <i32>j), phase, i, points + TILE * j);
      // Strips are 6 wide and vectors 4: two pairs, each within one strip.
      const k = phase * o + i;
      let low = base + <usize>(k / 6) * strip + (<usize>(k % 6) << 2);
      let high = base + <usize>((k + 2) / 6) * strip + (<usize>((k + 2) % 6) << 2);
      for (let p: usize = 0; p < <usize>POINTS; p++) {
        let v = points + VECTOR * p;
        for (let j: usize = 0; j < count; j++) {
          store<u64>(low + j * 24, load<u64>(v));
          store<u64>(high + j * 24, load<u64>(v, 8));
          v += TILE;
        }
        low += bytes;
        high += bytes;
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
  newPass(t, dx, points, bytes).rowBytes = rowBytes;
  parallel(inputGradTask.index, (t.c + OWNED - 1) / OWNED);
}

function inputGradTask(task: i32): void {
  const pass = present(), t = pass.tiling, bytes = pass.pointBytes, c0 = task * OWNED, c1 = min(t.c, c0 + OWNED), tiles = chunkTiles(t), wide = byEight(t.c);
  const offsets = offsetsBuffer(t), halfway = halfwayBuffer(t), cells = cellsBuffer(t);
  for (let tile = 0; tile < tiles; tile++) {
    for (let phase = 0; phase < t.inPhases; phase++) {
      cellOffsets(t, t.first + tile, phase, offsets);
      let c = c0;
      if (wide) {
        for (; c < c1; c += 8) {
          inputGrads8(pass.points + <usize>tile * pass.rowBytes + (<usize>(phase * t.c + c) << 2), bytes, halfway, cells, offsets, pass.image + (<usize>c << 2));
        }
      }
      for (; c < c1; c += 4) {
        const from = pass.points + <usize>tile * pass.rowBytes + (<usize>(phase * t.c + c) << 2), dx = pass.image + (<usize>c << 2);
        for (let j: usize = 0; j < 6; j++) inputGrad(from + j * bytes, bytes * 6, halfway + VECTOR * j, ROW);
        for (let i: usize = 0; i < 6; i++) inputGrad(halfway + ROW * i, VECTOR, cells + ROW * i, VECTOR);
        for (let p: usize = 0; p < <usize>POINTS; p++) {
          const offset = load<i32>(offsets + (p << 2));
          if (offset == -1) continue;
          const at = dx + <usize>offset;
          v128.store(at, f32x4.add(v128.load(at), v128.load(cells + VECTOR * p)));
        }
      }
    }
  }
}
