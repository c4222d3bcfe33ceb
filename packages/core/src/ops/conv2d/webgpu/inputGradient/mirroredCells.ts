import type { PadMode } from '../../types.js';

/** WGSL: `timesShown(at, length)`, in how many places the padded axis shows a cell, and `shownAt(at, length, time)`, where; by `sizes.pad`. */
export function mirroredCellsCode(mode: PadMode): string {
  switch (mode) {
    case 'zero':
      return `fn timesShown(at: i32, length: i32) -> i32 { return 1; }
fn shownAt(at: i32, length: i32, time: i32) -> i32 { return at; }`;
    case 'replicate':
      return `fn timesShown(at: i32, length: i32) -> i32 { return 1 + select(0, sizes.pad, at == 0) + select(0, sizes.pad, at == length - 1); }
fn shownAt(at: i32, length: i32, time: i32) -> i32 { return at + time - select(0, sizes.pad, at == 0); }`;
    case 'reflect':
      return `fn before(at: i32) -> bool { return at >= 1 && at <= sizes.pad; }
fn after(at: i32, length: i32) -> bool { return at <= length - 2 && at >= length - 1 - sizes.pad; }
fn timesShown(at: i32, length: i32) -> i32 { return 1 + select(0, 1, before(at)) + select(0, 1, after(at, length)); }
fn shownAt(at: i32, length: i32, time: i32) -> i32 {
  if (time == 0) { return at; }
  return select(2 * (length - 1) - at, -at, time == 1 && before(at));
}`;
    default:
      return mode satisfies never;
  }
}
