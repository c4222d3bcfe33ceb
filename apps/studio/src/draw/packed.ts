/** Strokes as text that fits into a link: `0…` in base64url. */
import type { Point, Stroke } from './strokes.js';

/** Steps of a pixel that points lie on: what is painted is what is written down. */
const GRID = 4;
/** Of the text's first byte. */
const VERSION = 1;
/** A link that holds more is not one of ours. */
const MOST_BYTES = 100_000;

const onGrid = (value: number): number => Math.round(value * GRID) / GRID;

/** How far a point lies from the line between two others. */
function distance({ x, y }: Point, a: Point, b: Point): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length = dx * dx + dy * dy;
  const t = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - a.x) * dx + (y - a.y) * dy) / length));
  return Math.hypot(x - a.x - t * dx, y - a.y - t * dy);
}

/** Without the points that make no difference (Ramer, Douglas and Peucker), and on the grid. @param tolerance pixels */
export function simplified(points: readonly Point[], tolerance = 0.35): Point[] {
  const keep = new Set([0, points.length - 1]);
  const open: [number, number][] = [[0, points.length - 1]];
  for (let span = open.pop(); span !== undefined; span = open.pop()) {
    const [from, to] = span;
    let [far, most] = [-1, tolerance];
    for (let i = from + 1; i < to; i++) {
      const d = distance(points[i]!, points[from]!, points[to]!);
      if (d > most) [far, most] = [i, d];
    }
    if (far < 0) continue;
    keep.add(far);
    open.push([from, far], [far, to]);
  }
  return points.filter((_, i) => keep.has(i)).map(({ x, y }) => ({ x: onGrid(x), y: onGrid(y) }));
}

/** As text. */
export function packStrokes(strokes: readonly Stroke[]): string {
  const bytes = [VERSION];
  const write = (value: number): void => {
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
    bytes.push(rest);
  };
  const writeSigned = (value: number): void => write(value < 0 ? -2 * value - 1 : 2 * value);
  for (const { points, width, colour } of strokes) {
    write(width);
    write(Number.parseInt(colour.slice(1), 16));
    write(points.length);
    let [x, y] = [0, 0];
    for (const point of points) {
      const [nextX, nextY] = [Math.round(point.x * GRID), Math.round(point.y * GRID)];
      writeSigned(nextX - x);
      writeSigned(nextY - y);
      [x, y] = [nextX, nextY];
    }
  }
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

/** @returns undefined for text that no strokes were written as */
export function unpackStrokes(text: string): Stroke[] | undefined {
  if (!/^[\w-]+$/.test(text) || text.length > MOST_BYTES) return undefined;
  let binary: string;
  try {
    binary = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  } catch {
    return undefined;
  }
  if (binary.charCodeAt(0) !== VERSION) return undefined;
  let at = 1;
  const read = (): number => {
    let [value, scale] = [0, 1];
    for (;;) {
      const byte = binary.charCodeAt(at++);
      value += (byte % 128) * scale;
      scale *= 128;
      // NaN where the text ends too early, which is noticed below.
      if (!(byte > 127)) return Number.isNaN(byte) ? Number.NaN : value;
    }
  };
  const readSigned = (): number => {
    const value = read();
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  };
  const strokes: Stroke[] = [];
  while (at < binary.length) {
    const [width, colour, count] = [read(), read(), read()];
    if (!(width > 0 && width <= 200) || !(colour <= 0xff_ff_ff) || !(count > 0 && count <= binary.length)) return undefined;
    let [x, y] = [0, 0];
    const points = Array.from({ length: count }, (): Point => {
      x += readSigned();
      y += readSigned();
      return { x: x / GRID, y: y / GRID };
    });
    if (points.some((point) => !Number.isFinite(point.x) || !Number.isFinite(point.y))) return undefined;
    strokes.push({ width, colour: `#${colour.toString(16).padStart(6, '0')}`, points });
  }
  return strokes;
}
