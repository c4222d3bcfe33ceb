import type { PixelImage } from '@munit/images';
import { depthsOf } from '../render/depth.js';
import { lightDirections, textureFactor } from '../render/shading.js';
import { silhouetteOf } from '../render/silhouette.js';
import { type Content, type Light, lights, type Texture, textures } from '../types.js';
import { asRgb, foregroundOf } from './foreground.js';

/** What the fill of a picture shows. */
export interface Shading {
  /** `undefined` where the shape is missing: the picture's own silhouette covers less than half of the true one. */
  readonly texture: Texture | undefined;
  /** Likewise, and where the fill is flat. */
  readonly light: Light | undefined;
}

/** A texture below this share of its true contrast counts as plain. */
const leastTexture = 0.35;
/** A slope of the logarithmic value below this per radius counts as flat; a true one has about 0.45. */
const leastSlope = 0.1;
/** Fewer pixels than this do not carry a fit. */
const leastPixels = 24;

/** Least squares of one set of columns: coefficients and what they leave of the values. */
interface Fit {
  readonly coefficients: Float64Array;
  readonly residual: number;
}

/** A fit of values at the chosen pixels, prepared once for a content. */
type Fitter = (values: Float64Array) => Fit;

/**
 * What the fill of a picture of `content` shows, by least squares over the true silhouette less its outermost ring:
 * ln V = b + g · (u, v) + a · ln T(depth), V the HSV value, (u, v) the place in radii from the centre, T a texture's factor.
 * The texture is the one whose fit leaves least, if a is at least 0.35 (1 in the truth), else `plain`; the light is the quadrant of g.
 */
export function shadingJudge(content: Content, size: number): (image: PixelImage) => Shading {
  const silhouette = silhouetteOf(content, size).data;
  const depths = depthsOf(content, size);
  const places = placesOf(silhouette, size);
  const radius = content.radius * size;
  const column = (f: (u: number, v: number, depth: number) => number): Float64Array =>
    Float64Array.from(places, (p) => f(((p % size) + 0.5 - content.x * size) / radius, (Math.floor(p / size) + 0.5 - content.y * size) / radius, depths[p] as number));
  const base = [column(() => 1), column((u) => u), column((_, v) => v)];
  const plain = places.length < leastPixels ? undefined : fitter(base);
  const patterns = textures
    .filter((texture) => texture !== 'plain')
    .flatMap((texture) => {
      const fit = plain && fitter([...base, column((_u, _v, depth) => Math.log(textureFactor(texture, depth)))]);
      return fit === undefined ? [] : [{ texture, fit }];
    });
  return (image) => {
    if (plain === undefined || !showsShape(image, silhouette)) return { texture: undefined, light: undefined };
    const values = logValues(image, places);
    let best: { readonly texture: Texture } & Fit = { texture: 'plain', ...plain(values) };
    for (const { texture, fit } of patterns) {
      const found = fit(values);
      if ((found.coefficients[3] as number) >= leastTexture && found.residual < best.residual) best = { texture, ...found };
    }
    return { texture: best.texture, light: lightOfSlope(best.coefficients[1] as number, best.coefficients[2] as number) };
  };
}

/** The texture of a picture of `content`; see `shadingJudge`, which is cheaper for several pictures of one content. */
export const textureOf = (image: PixelImage, content: Content): Texture | undefined => shadingJudge(content, image.width)(image).texture;

/** Where the light of a picture of `content` comes from; see `shadingJudge`. */
export const lightOf = (image: PixelImage, content: Content): Light | undefined => shadingJudge(content, image.width)(image).light;

function lightOfSlope(x: number, y: number): Light | undefined {
  if (Math.hypot(x, y) < leastSlope) return undefined;
  const towards = (light: Light): number => x * lightDirections[light][0] + y * lightDirections[light][1];
  return lights.reduce((p, q) => (towards(q) > towards(p) ? q : p));
}

/** Pixels of the mask whose four neighbours are in it, thinned out in large pictures: the fit needs a few hundred. */
function placesOf(mask: Uint8Array, size: number): number[] {
  const step = Math.max(1, Math.floor(size / 64));
  const places: number[] = [];
  for (let y = 1; y < size - 1; y += step) {
    for (let x = 1; x < size - 1; x += step) {
      const p = y * size + x;
      if (mask[p] === 1 && mask[p - 1] === 1 && mask[p + 1] === 1 && mask[p - size] === 1 && mask[p + size] === 1) places.push(p);
    }
  }
  return places;
}

function showsShape(image: PixelImage, silhouette: Uint8Array): boolean {
  const { data } = foregroundOf(image);
  const covered = silhouette.reduce((sum, inside, p) => sum + (inside & (data[p] as number)), 0);
  return 2 * covered >= silhouette.reduce((sum, inside) => sum + inside, 0);
}

function logValues(image: PixelImage, places: readonly number[]): Float64Array {
  const { data } = asRgb(image);
  return Float64Array.from(places, (p) => Math.log(Math.max(1, data[3 * p]!, data[3 * p + 1]!, data[3 * p + 2]!) / 255));
}

/** Least squares on the columns by Gram–Schmidt, which is done once; undefined where a column depends on those before it. */
function fitter(columns: readonly Float64Array[]): Fitter | undefined {
  const dot = (p: Float64Array, q: Float64Array): number => p.reduce((sum, x, i) => sum + x * (q[i] as number), 0);
  const basis: Float64Array[] = [];
  const triangle: number[][] = [];
  for (const column of columns) {
    const rest = Float64Array.from(column);
    const shares = basis.map((unit) => {
      const share = dot(unit, rest);
      rest.forEach((x, i) => (rest[i] = x - share * (unit[i] as number)));
      return share;
    });
    const norm = Math.sqrt(dot(rest, rest));
    if (norm < 1e-6 * Math.sqrt(column.length)) return undefined;
    basis.push(rest.map((x) => x / norm));
    triangle.push([...shares, norm]);
  }
  return (values) => {
    const along = basis.map((unit) => dot(unit, values));
    const coefficients = new Float64Array(columns.length);
    for (let j = columns.length - 1; j >= 0; j--) {
      const known = triangle.reduce((sum, column, k) => (k > j ? sum + (column[j] as number) * (coefficients[k] as number) : sum), 0);
      coefficients[j] = ((along[j] as number) - known) / (triangle[j]![j] as number);
    }
    return { coefficients, residual: dot(values, values) - along.reduce((sum, x) => sum + x * x, 0) };
  };
}
