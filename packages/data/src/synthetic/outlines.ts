import type { Content, Family } from './types.js';

/** A closed polygon as x0, y0, x1, y1, …; y points down. */
export type Polygon = Float64Array;

type Point = readonly [x: number, y: number];

const curveSteps = 72;

/** Points of a closed curve, t from 0 to 1. */
function curve(at: (t: number) => Point, steps = curveSteps): Point[] {
  return Array.from({ length: steps }, (_, i) => at(i / steps));
}

/** Points on circles of the given radii in turn, starting at the top. */
function spokes(count: number, radiusOf: (i: number) => number): Point[] {
  return Array.from({ length: count }, (_, i) => {
    const angle = (2 * Math.PI * i) / count - Math.PI / 2;
    return [radiusOf(i) * Math.cos(angle), radiusOf(i) * Math.sin(angle)];
  });
}

/** An arc from `from` to `to` (radians) around (cx, cy), both ends included. */
function arc(cx: number, cy: number, radius: number, from: number, to: number, steps: number): Point[] {
  return Array.from({ length: steps + 1 }, (_, i) => {
    const angle = from + ((to - from) * i) / steps;
    return [cx + radius * Math.cos(angle), cy + radius * Math.sin(angle)];
  });
}

/** Two circles' difference: the moon's outer arc, then back along the inner one. */
function crescent(variant: number): Point[] {
  const inner = 0.78 + 0.08 * variant;
  const shift = 0.52 + 0.1 * variant;
  // The circles meet where both equations hold.
  const x = (1 - inner * inner + shift * shift) / (2 * shift);
  const y = Math.sqrt(1 - x * x);
  const outerAngle = Math.atan2(y, x);
  const innerAngle = Math.atan2(y, x - shift);
  const outer = arc(0, 0, 1, outerAngle, 2 * Math.PI - outerAngle, curveSteps);
  const back = arc(shift, 0, inner, 2 * Math.PI - innerAngle, innerAngle, curveSteps);
  return [...outer, ...back.slice(1, -1)];
}

/** A circle with two tangents that meet in a tip above it. */
function drop(variant: number): Point[] {
  const radius = 0.6 + 0.12 * variant;
  const centre = 1 - radius;
  const reach = 1 + centre;
  // Half the angle at the tip is asin(radius / reach); the tangents touch at this angle from the horizontal.
  const touch = Math.asin(radius / reach);
  return [[0, -1], ...arc(0, centre, radius, -touch, Math.PI + touch, curveSteps)];
}

function cross(variant: number): Point[] {
  const arm = 0.3 + 0.1 * variant;
  const end = Math.sqrt(1 - arm * arm);
  return [
    [-arm, -end], [arm, -end], [arm, -arm], [end, -arm], [end, arm], [arm, arm],
    [arm, end], [-arm, end], [-arm, arm], [-end, arm], [-end, -arm], [-arm, -arm],
  ];
}

function arrow(variant: number): Point[] {
  const shaft = 0.26 + 0.1 * variant;
  const tail = Math.sqrt(1 - shaft * shaft);
  const wing = 0.86;
  return [[0, -1], [wing, -0.02], [shaft, -0.02], [shaft, tail], [-shaft, tail], [-shaft, -0.02], [-wing, -0.02]];
}

function rectangle(variant: number): Point[] {
  const angle = (0.25 - 0.1 * variant) * Math.PI;
  const w = Math.cos(angle);
  const h = Math.sin(angle);
  return [[-w, -h], [w, -h], [w, h], [-w, h]];
}

/** The heart curve (16 sin³ t, 13 cos t − 5 cos 2t − 2 cos 3t − cos 4t), scaled into the unit circle. */
function heart(variant: number): Point[] {
  const wide = 0.95 + 0.1 * variant;
  return curve((t) => {
    const angle = 2 * Math.PI * t;
    const x = 16 * Math.sin(angle) ** 3;
    const y = 13 * Math.cos(angle) - 5 * Math.cos(2 * angle) - 2 * Math.cos(3 * angle) - Math.cos(4 * angle);
    return [(wide * x) / 18.2, -(y + 2.5) / 18.2];
  });
}

/** Each family's outline inside the unit circle, for a proportion from 0 to 1. */
const outlines: Readonly<Record<Family, (variant: number) => Point[]>> = {
  ellipse: (v) => curve((t) => [Math.cos(2 * Math.PI * t), (1 - 0.4 * v) * Math.sin(2 * Math.PI * t)]),
  rectangle,
  triangle: (v) => spokes(3, (i) => (i === 0 ? 1 : 1 - 0.15 * v)),
  hexagon: () => spokes(6, () => 1),
  star: (v) => spokes(10, (i) => (i % 2 === 0 ? 1 : 0.44 + 0.12 * v)),
  heart,
  cross,
  crescent,
  drop,
  arrow,
};

/** The outline of `content` in pixels of a picture of `size`: pixel (i, j) has its centre at (i + ½, j + ½). */
export function outlineOf(content: Content, size: number): Polygon {
  const points = outlines[content.family](content.variant);
  const cos = Math.cos(content.angle) * content.radius * size;
  const sin = Math.sin(content.angle) * content.radius * size;
  const polygon = new Float64Array(points.length * 2);
  points.forEach(([x, y], i) => {
    polygon[2 * i] = content.x * size + cos * x - sin * y;
    polygon[2 * i + 1] = content.y * size + sin * x + cos * y;
  });
  return polygon;
}
