/** How large images go into the network. */
import type { Size } from '@munit/images';

/** Sides to choose from; a model's own is added. */
const sides = [64, 128, 256, 384, 512, 768, 1024];

/** An image much longer than wide would take all memory: its long side is at most this many short ones. */
const LONGEST = 3;

/** The shorter side becomes `side`, proportions stay. */
export function scaledTo({ width, height }: Size, side: number): Size {
  const scale = Math.min(side / Math.min(width, height), (LONGEST * side) / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

export const sidesWith = (...more: readonly (number | undefined)[]): number[] =>
  [...new Set([...sides, ...more.filter((side) => side !== undefined)])].sort((a, b) => a - b);
