/** What LPIPS keeps of an image, and the distance of two images by it. */
import { NonFiniteError, ShapeError } from '@munit/core';

/** One layer's map: [height, width, channels], and for each place 1 / (‖x‖ + 1e-10). */
export interface LpipsLayer {
  /** Rows. */
  readonly height: number;
  /** Columns. */
  readonly width: number;
  /** Channels. */
  readonly channels: number;
  /** The map as the network gave it. */
  readonly values: Float32Array;
  /** The factor that gives each place's vector the length 1. */
  readonly inverseNorms: Float64Array;
}

/** What LPIPS compares of an image. Plain numbers on the host: nothing to dispose of, and fit for a message. */
export interface LpipsFeatures {
  /** Rows of the image. */
  readonly height: number;
  /** Columns of the image. */
  readonly width: number;
  /** The network's maps that LPIPS compares, from the first. */
  readonly layers: readonly LpipsLayer[];
}

/** How far apart two images are. 0 for equal ones; the more, the less alike. */
export interface LpipsDistance {
  /** The sum of `layers`. */
  readonly total: number;
  /** The part of each layer. */
  readonly layers: readonly number[];
}

/** Where two images differ: a number per pixel. */
export interface LpipsMap {
  /** Rows. */
  readonly height: number;
  /** Columns. */
  readonly width: number;
  /** [height, width], row-major; about the total distance on average. */
  readonly data: Float32Array;
}

/** A head: one weight of at least 0 for each channel. */
export type LpipsHead = Float32Array;

/** A layer's map with its norms. `values` is kept, not copied. */
export function lpipsLayer(values: Float32Array, height: number, width: number, channels: number): LpipsLayer {
  const inverseNorms = new Float64Array(height * width);
  const even = channels - (channels % 2);
  for (let place = 0, at = 0; place < inverseNorms.length; place++) {
    // Two sums: one alone waits for itself at every channel.
    let square = 0;
    let other = 0;
    for (const end = at + even; at < end; at += 2) {
      const v = values[at] as number;
      const w = values[at + 1] as number;
      square += v * v;
      other += w * w;
    }
    if (even < channels) square += (values[at++] as number) ** 2;
    inverseNorms[place] = 1 / (Math.sqrt(square + other) + 1e-10);
  }
  return { height, width, channels, values, inverseNorms };
}

/**
 * Σ_l mean over places of Σ_c w_c (x̂_c − ŷ_c)², x̂ the features at unit length (Zhang et al. 2018, equation 1), in float64.
 * @throws ShapeError for images of different sizes
 * @throws NonFiniteError when an image has values that are not finite
 */
export function lpipsDistance(x: LpipsFeatures, y: LpipsFeatures, heads: readonly LpipsHead[]): LpipsDistance {
  checkSizes(x, y);
  const layers = x.layers.map((layer, l) => {
    const places = placeDistances(layer, y.layers[l] as LpipsLayer, heads[l] as LpipsHead);
    return places.reduce((sum, value) => sum + value, 0) / places.length;
  });
  return layersDistance(layers);
}

/** The distance of its layers. @throws NonFiniteError as `lpipsDistance` */
export function layersDistance(layers: readonly number[]): LpipsDistance {
  const total = layers.reduce((sum, value) => sum + value, 0);
  if (!Number.isFinite(total)) {
    throw new NonFiniteError('LPIPS: an image, or what the network made of it, has values that are not finite.', { remedy: 'Look for NaN in the images: a model that has diverged gives such.' });
  }
  return { total, layers };
}

/** The layers' distances, each brought to the image's size by bilinear interpolation, and summed. @throws as `lpipsDistance` */
export function lpipsMap(x: LpipsFeatures, y: LpipsFeatures, heads: readonly LpipsHead[]): LpipsMap {
  checkSizes(x, y);
  const { height, width } = x;
  const data = new Float32Array(height * width);
  x.layers.forEach((layer, l) => {
    addEnlarged(data, height, width, placeDistances(layer, y.layers[l] as LpipsLayer, heads[l] as LpipsHead), layer);
  });
  return { height, width, data };
}

function placeDistances(x: LpipsLayer, y: LpipsLayer, head: LpipsHead): Float64Array {
  const { channels, values: a } = x;
  const b = y.values;
  const distances = new Float64Array(x.inverseNorms.length);
  const even = channels - (channels % 2);
  for (let place = 0, at = 0; place < distances.length; place++) {
    const p = x.inverseNorms[place] as number;
    const q = y.inverseNorms[place] as number;
    // Two sums, as for the norms.
    let sum = 0;
    let other = 0;
    for (let c = 0; c < even; c += 2) {
      const d = (a[at + c] as number) * p - (b[at + c] as number) * q;
      const e = (a[at + c + 1] as number) * p - (b[at + c + 1] as number) * q;
      sum += (head[c] as number) * d * d;
      other += (head[c + 1] as number) * e * e;
    }
    if (even < channels) sum += (head[even] as number) * ((a[at + even] as number) * p - (b[at + even] as number) * q) ** 2;
    distances[place] = sum + other;
    at += channels;
  }
  return distances;
}

/** Adds a map, enlarged as PyTorch's `Upsample(mode='bilinear', align_corners=False)` does. */
function addEnlarged(target: Float32Array, height: number, width: number, map: Float64Array, size: { readonly height: number; readonly width: number }): void {
  const rows = sampling(height, size.height);
  const columns = sampling(width, size.width);
  rows.forEach(({ low, high, share }, i) => {
    columns.forEach((column, j) => {
      const along = (row: number): number => {
        const left = map[row * size.width + column.low] as number;
        return left + column.share * ((map[row * size.width + column.high] as number) - left);
      };
      const top = along(low);
      target[i * width + j]! += top + share * (along(high) - top);
    });
  });
}

/** For each of `to` places the two of `from` between which it lies, and how far from the first. */
function sampling(to: number, from: number): { readonly low: number; readonly high: number; readonly share: number }[] {
  return Array.from({ length: to }, (_, i) => {
    const place = Math.max(0, ((i + 0.5) * from) / to - 0.5);
    const low = Math.min(Math.floor(place), from - 1);
    return { low, high: Math.min(low + 1, from - 1), share: place - low };
  });
}

function checkSizes(x: LpipsFeatures, y: LpipsFeatures): void {
  if (x.height !== y.height || x.width !== y.width) {
    throw new ShapeError(`LPIPS compares images of one size, but one is ${x.width}×${x.height} and the other ${y.width}×${y.height}.`, {
      remedy: 'Resize one to the other’s size first.',
    });
  }
}
