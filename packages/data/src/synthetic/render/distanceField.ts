import type { Polygon } from '../outlines.js';

/** Sets `inside[p]` to 1 where the centre of pixel p lies inside the polygon (even-odd rule). */
export function fillPolygon(polygon: Polygon, size: number): Uint8Array {
  const inside = new Uint8Array(size * size);
  const count = polygon.length / 2;
  const crossings: number[] = [];
  for (let row = 0; row < size; row++) {
    const y = row + 0.5;
    crossings.length = 0;
    for (let i = 0; i < count; i++) {
      const j = (i + 1) % count;
      const y0 = polygon[2 * i + 1]!;
      const y1 = polygon[2 * j + 1]!;
      if (y0 <= y === y1 <= y) continue;
      const x0 = polygon[2 * i]!;
      crossings.push(x0 + ((y - y0) / (y1 - y0)) * (polygon[2 * j]! - x0));
    }
    crossings.sort((p, q) => p - q);
    for (let k = 0; k + 1 < crossings.length; k += 2) {
      const from = Math.max(0, Math.ceil(crossings[k]! - 0.5));
      const to = Math.min(size - 1, Math.ceil(crossings[k + 1]! - 0.5) - 1);
      for (let column = from; column <= to; column++) inside[row * size + column] = 1;
    }
  }
  return inside;
}

/**
 * Distance in pixels from each pixel's centre to the outline, negative inside; exact within `band` of the
 * outline and ±band beyond it (only the band is visited, so the cost follows the outline, not the area).
 */
export function distanceField(polygon: Polygon, size: number, band: number): Float32Array {
  const squared = new Float32Array(size * size).fill(band * band);
  const count = polygon.length / 2;
  for (let i = 0; i < count; i++) {
    const j = (i + 1) % count;
    visitSegment(squared, size, band, polygon[2 * i]!, polygon[2 * i + 1]!, polygon[2 * j]!, polygon[2 * j + 1]!);
  }
  const inside = fillPolygon(polygon, size);
  for (let p = 0; p < squared.length; p++) {
    const distance = Math.sqrt(squared[p]!);
    squared[p] = inside[p] === 1 ? -distance : distance;
  }
  return squared;
}

function visitSegment(squared: Float32Array, size: number, band: number, x0: number, y0: number, x1: number, y1: number): void {
  const left = Math.max(0, Math.floor(Math.min(x0, x1) - band));
  const right = Math.min(size - 1, Math.ceil(Math.max(x0, x1) + band));
  const top = Math.max(0, Math.floor(Math.min(y0, y1) - band));
  const bottom = Math.min(size - 1, Math.ceil(Math.max(y0, y1) + band));
  const dx = x1 - x0;
  const dy = y1 - y0;
  const inverse = 1 / (dx * dx + dy * dy);
  for (let row = top; row <= bottom; row++) {
    const py = row + 0.5 - y0;
    for (let column = left; column <= right; column++) {
      const px = column + 0.5 - x0;
      const along = Math.min(1, Math.max(0, (px * dx + py * dy) * inverse));
      const ex = px - along * dx;
      const ey = py - along * dy;
      const distance = ex * ex + ey * ey;
      const at = row * size + column;
      if (distance < squared[at]!) squared[at] = distance;
    }
  }
}
