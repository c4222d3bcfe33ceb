/** A plane through the styles: the two directions in which they differ most. */
import { type Code, rounded } from './codes.js';

export interface Plane {
  /** The mean of the styles. */
  readonly centre: Code;
  /** Two directions at right angles, each as long as the standard deviation of the styles along it. */
  readonly axes: readonly [Code, Code];
}

/** A place on the plane, in standard deviations from its centre: to the right, and upwards. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

const ROUNDS = 200;
const dot = (a: Code, b: Code): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

/** The direction in which points around 0 differ most, by power iteration: a unit vector, and the standard deviation along it. */
function principal(points: readonly Code[], dim: number, start: number): { readonly direction: Code; readonly deviation: number } {
  // Not at right angles to what is looked for, as a coordinate axis may be.
  let direction: Code = Array.from({ length: dim }, (_, i) => Math.cos(1 + start + i));
  for (let round = 0; round < ROUNDS; round++) {
    const next = Array.from({ length: dim }, () => 0);
    for (const point of points) {
      const along = dot(point, direction);
      for (let i = 0; i < dim; i++) next[i]! += along * point[i]!;
    }
    const length = Math.hypot(...next);
    if (length < 1e-12) break;
    direction = next.map((value) => value / length);
  }
  const length = Math.hypot(...direction);
  direction = direction.map((value) => value / length);
  const deviation = Math.sqrt(points.reduce((sum, point) => sum + dot(point, direction) ** 2, 0) / Math.max(1, points.length));
  // Of the two signs the one whose largest number is positive: the same styles give the same plane.
  const largest = direction.reduce((best, value) => (Math.abs(value) > Math.abs(best) + 1e-9 ? value : best), 0);
  return { direction: largest < 0 ? direction.map((value) => -value) : direction, deviation };
}

/** The plane of the first two principal components. Undefined where the styles do not span one. */
export function planeOf(codes: readonly Code[]): Plane | undefined {
  const dim = codes[0]?.length ?? 0;
  if (dim < 2 || codes.length < 3) return undefined;
  const centre = Array.from({ length: dim }, (_, i) => codes.reduce((sum, code) => sum + code[i]!, 0) / codes.length);
  const points = codes.map((code) => code.map((value, i) => value - centre[i]!));
  const first = principal(points, dim, 0);
  const rest = points.map((point) => {
    const along = dot(point, first.direction);
    return point.map((value, i) => value - along * first.direction[i]!);
  });
  const second = principal(rest, dim, 2);
  if (second.deviation < 1e-6) return undefined;
  const scaled = ({ direction, deviation }: typeof first): Code => direction.map((value) => value * deviation);
  return { centre, axes: [scaled(first), scaled(second)] };
}

/** The style at a place. */
export const codeAt = ({ centre, axes: [right, up] }: Plane, { x, y }: Place): Code => rounded(centre.map((value, i) => value + x * right[i]! + y * up[i]!));

/** The place nearest to a style. */
export function placeOf({ centre, axes }: Plane, code: Code): Place {
  const from = code.map((value, i) => value - centre[i]!);
  const [x, y] = axes.map((axis) => dot(from, axis) / dot(axis, axis)) as [number, number];
  return { x, y };
}
