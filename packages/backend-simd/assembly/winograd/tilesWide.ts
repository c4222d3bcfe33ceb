/** Tiles to points and back for eight channels at a time, where the runtime computes on 256 bits: see transformsWide.ts, and tiles.ts for what each is. */
import { transpose6x4 } from '../conv/patches';
import { cellsBuffer, halfwayBuffer, OutputTile, Tiling } from './tiling';
import { POINTS } from './transforms';
import { inputGrad8, inputPoints8, outputCells8, outputGrad8, pair, rowStep, vectorStep, WIDE_TILE, WIDE_VECTOR } from './transformsWide';

// @ts-ignore: decorator
@inline
function cell(x: usize, zeros: usize, offset: i32): usize {
  return offset == -1 ? zeros : x + <usize>offset;
}

/** Bᵀ d B of the 6 × 6 cells whose offsets are listed. `halfway` holds a tile. */
export function tilePoints8(x: usize, zeros: usize, offsets: usize, halfway: usize, out: usize): void {
  const vector = vectorStep(), line = rowStep();
  for (let j: usize = 0; j < 6; j++) {
    const at = offsets + (j << 2);
    inputPoints8(
      cell(x, zeros, load<i32>(at)), cell(x, zeros, load<i32>(at, 24)), cell(x, zeros, load<i32>(at, 48)),
      cell(x, zeros, load<i32>(at, 72)), cell(x, zeros, load<i32>(at, 96)), cell(x, zeros, load<i32>(at, 120)),
      halfway + vector * j, line,
    );
  }
  for (let i: usize = 0; i < 6; i++) {
    const row = halfway + line * i;
    inputPoints8(row, row + vector, row + vector * 2, row + vector * 3, row + vector * 4, row + vector * 5, out + line * i, vector);
  }
}

/** Six tiles at points, of eight channels each, into strips of six: those of a channel follow those of the one before. */
export function stripsOf8(points: usize, to: usize, bytes: usize): void {
  for (let p: usize = 0; p < <usize>POINTS; p++) {
    const v = points + WIDE_VECTOR * p, at = to + p * bytes;
    transpose6x4(
      v128.load(v), v128.load(v, WIDE_TILE), v128.load(v, WIDE_TILE * 2), v128.load(v, WIDE_TILE * 3), v128.load(v, WIDE_TILE * 4),
      v128.load(v, WIDE_TILE * 5), at,
    );
    transpose6x4(
      v128.load(v, 16), v128.load(v, WIDE_TILE + 16), v128.load(v, WIDE_TILE * 2 + 16), v128.load(v, WIDE_TILE * 3 + 16),
      v128.load(v, WIDE_TILE * 4 + 16), v128.load(v, WIDE_TILE * 5 + 16), at + 96,
    );
  }
}

/** Products at points, `from` those of the first, to the cells of an output tile, with the bias. */
export function outputCellsOf8(t: Tiling, tile: OutputTile, from: usize, bytes: usize, image: usize, phase: i32, channel: i32, bias: usize): void {
  const m = t.m, halfway = halfwayBuffer(t), cells = cellsBuffer(t), step = t.outStep, o = t.o, vector = vectorStep(), line = rowStep();
  for (let j: usize = 0; j < 6; j++) outputCells8(m, from + j * bytes, bytes * 6, halfway + vector * j, line);
  for (let k = 0; k < tile.rows; k++) outputCells8(m, halfway + line * k, vector, cells + line * k, vector);
  const at = bias + (<usize>channel << 2), b = bias ? v128.load(at) : f32x4.splat(0), c = bias ? v128.load(at, 16) : f32x4.splat(0);
  const stepBytes = <usize>(step * o) << 2;
  for (let k = 0; k < tile.rows; k++) {
    let to = image + <usize>((tile.y + k) * step + (phase >> 1)) * t.outRowBytes + (<usize>((tile.x * step + (phase & 1)) * o + channel) << 2);
    let v = cells + line * k;
    for (let l = 0; l < tile.cols; l++) {
      pair(to, f32x4.add(v128.load(v), b), f32x4.add(v128.load(v, 16), c));
      v += WIDE_VECTOR;
      to += stepBytes;
    }
  }
}

/** A dy Aᵀ of one tile of one output phase. */
export function gradPoints8(t: Tiling, dy: usize, tile: OutputTile, phase: i32, channel: i32, out: usize): void {
  const m = t.m, step = t.outStep, cells = cellsBuffer(t), halfway = halfwayBuffer(t), stepBytes = <usize>(step * t.o) << 2, zero = f32x4.splat(0), vector = vectorStep(), line = rowStep();
  for (let k = 0; k < m; k++) {
    let from = dy + <usize>tile.image * t.outImageBytes + <usize>((tile.y + k) * step + (phase >> 1)) * t.outRowBytes
      + (<usize>((tile.x * step + (phase & 1)) * t.o + channel) << 2);
    const cols = k < tile.rows ? tile.cols : 0;
    let to = cells + line * k;
    for (let l = 0; l < cols; l++) {
      pair(to, v128.load(from), v128.load(from, 16));
      from += stepBytes;
      to += WIDE_VECTOR;
    }
    for (let l = cols; l < m; l++) {
      pair(to, zero, zero);
      to += WIDE_VECTOR;
    }
  }
  for (let l = 0; l < m; l++) outputGrad8(m, cells + vector * l, line, halfway + vector * l, line);
  for (let i: usize = 0; i < 6; i++) outputGrad8(m, halfway + line * i, vector, out + line * i, vector);
}

/** Gradients at points, `from` those of the first, added into the cells whose offsets are listed. */
export function inputGrads8(from: usize, bytes: usize, halfway: usize, cells: usize, offsets: usize, dx: usize): void {
  const vector = vectorStep(), line = rowStep();
  for (let j: usize = 0; j < 6; j++) inputGrad8(from + j * bytes, bytes * 6, halfway + vector * j, line);
  for (let i: usize = 0; i < 6; i++) inputGrad8(halfway + line * i, vector, cells + line * i, vector);
  for (let p: usize = 0; p < <usize>POINTS; p++) {
    const offset = load<i32>(offsets + (p << 2));
    if (offset == -1) continue;
    const at = dx + <usize>offset, v = cells + WIDE_VECTOR * p;
    pair(at, f32x4.add(v128.load(at), v128.load(v)), f32x4.add(v128.load(at, 16), v128.load(v, 16)));
  }
}
