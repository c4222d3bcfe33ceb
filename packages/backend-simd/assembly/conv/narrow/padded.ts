/**
 * A copy of an image of few channels [N, H, W, C] with its padding, upsampling included: the cells under a row of a window
 * then lie side by side, and products can read windows where they are. Worth it because such an image is small beside
 * what it is convolved with.
 */
import { parallel } from '../../runtime/pool';
import { PADDED, record } from '../../runtime/records';
import { scratch } from '../../runtime/scratch';

@unmanaged
export class Padded {
  /** [N, rows, pitch], the pitch in bytes. */
  data: usize;
  pitch: usize;
  rows: i32;
  imageBytes: usize;
  // What it is made from.
  from: usize;
  fromImageBytes: usize;
  rowTable: usize;
  colTable: usize;
  cols: i32;
  cellBytes: i32;
}

/**
 * `rowTable` and `colTable` (see Patches) give the source of each of `rows` × `cols` cells. `slack`: cells behind a row that may be
 * read (they are zeros) and are not used.
 */
export function padImage(
  x: usize, n: i32, imageBytes: usize, c: i32, rowTable: usize, rows: i32, colTable: usize, cols: i32, slack: i32,
): Padded {
  const p = record<Padded>(PADDED);
  p.pitch = (<usize>((cols + slack) * c + 8) << 2) + 15 & ~15;
  p.rows = rows;
  p.imageBytes = p.pitch * rows;
  p.data = scratch(p.imageBytes * n);
  p.from = x;
  p.fromImageBytes = imageBytes;
  p.rowTable = rowTable;
  p.colTable = colTable;
  p.cols = cols;
  p.cellBytes = c << 2;
  parallel(padTask.index, n * ((rows + ROWS - 1) / ROWS));
  return p;
}

/** Rows in a task. */
const ROWS: i32 = 16;

function padTask(task: i32): void {
  const p = record<Padded>(PADDED), blocks = (p.rows + ROWS - 1) / ROWS, image = task / blocks, first = (task % blocks) * ROWS;
  for (let row = first; row < min(p.rows, first + ROWS); row++) {
    const to = p.data + <usize>image * p.imageBytes + <usize>row * p.pitch, source = load<i32>(p.rowTable + (<usize>row << 2));
    if (source < 0) memory.fill(to, 0, p.pitch);
    else padRow(p, p.from + <usize>image * p.fromImageBytes + <usize>source, to);
  }
}

/** Copies run by run: cells that are neighbours in the source travel together. */
function padRow(p: Padded, from: usize, to: usize): void {
  const cell = p.cellBytes, end = to + p.pitch;
  let col = 0;
  while (col < p.cols) {
    const source = load<i32>(p.colTable + (<usize>col << 2));
    let run = 1;
    if (source < 0) {
      for (let i: i32 = 0; i < cell; i += 4) store<f32>(to + <usize>i, 0);
    } else {
      while (col + run < p.cols && load<i32>(p.colTable + (<usize>(col + run) << 2)) == source + run * cell) run++;
      memory.copy(to, from + <usize>source, <usize>(run * cell));
    }
    col += run;
    to += <usize>(run * cell);
  }
  memory.fill(to, 0, end - to);
}
