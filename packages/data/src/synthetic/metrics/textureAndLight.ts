import type { PixelImage } from '@munit/images';
import { depthsOf } from '../render/depth.js';
import { brightness, middleAt, middleValue } from '../render/shading.js';
import { silhouetteOf } from '../render/silhouette.js';
import { type Content, type Light, lights, type Texture, textures } from '../types.js';
import { asRgb, backgroundOf, foregroundOf } from './foreground.js';

/** What a picture shows beside shape and hue. */
export interface Shading {
  /** `undefined` where the shape is missing: the picture's own silhouette covers less than half of the true one. */
  readonly texture: Texture | undefined;
  /** Likewise. */
  readonly light: Light | undefined;
}

/** The mean HSV value of a true fill before texture and light. */
const fillValue = 0.98;
/** A pixel belongs to the middle from this share of it on. */
const leastMiddle = 0.9;
/** Fewer pixels than this do not show a texture. */
const leastPixels = 4;

/**
 * What a picture of `content` shows. With V the HSV value, the light is the one whose brightness is nearest to the background's V, and the
 * texture the one whose middle is nearest to the mean over the shape's middle of V / (0.98 · the background's V), both in logarithms: how
 * dark the middle is in the picture's own light.
 */
export function shadingJudge(content: Content, size: number): (image: PixelImage) => Shading {
  const silhouette = silhouetteOf(content, size).data;
  const middle = [...depthsOf(content, size).entries()].flatMap(([p, depth]) => (middleAt(depth) >= leastMiddle ? [p] : []));
  return (image) => {
    if (middle.length < leastPixels || !showsShape(image, silhouette)) return { texture: undefined, light: undefined };
    const { data } = asRgb(image);
    const ground = logValue(backgroundOf(image));
    const level = middle.reduce((sum, p) => sum + logValue([data[3 * p]!, data[3 * p + 1]!, data[3 * p + 2]!]), 0) / middle.length;
    return { texture: nearest(textures, middleValue, level - ground - Math.log(fillValue)), light: nearest(lights, brightness, ground) };
  };
}

/** The texture of a picture of `content`; see `shadingJudge`, which is cheaper for several pictures of one content. */
export const textureOf = (image: PixelImage, content: Content): Texture | undefined => shadingJudge(content, image.width)(image).texture;

/** The light of a picture of `content`; see `shadingJudge`. */
export const lightOf = (image: PixelImage, content: Content): Light | undefined => shadingJudge(content, image.width)(image).light;

/** The choice whose factor's logarithm is nearest. */
function nearest<T extends string>(choices: readonly T[], factors: Readonly<Record<T, number>>, logarithm: number): T {
  const off = (choice: T): number => Math.abs(logarithm - Math.log(factors[choice]));
  return choices.reduce((p, q) => (off(q) < off(p) ? q : p));
}

/** The logarithm of the HSV value of a colour, 0 to 255 a channel; black counts as 1. */
const logValue = (rgb: readonly number[]): number => Math.log(Math.max(1, ...rgb) / 255);

function showsShape(image: PixelImage, silhouette: Uint8Array): boolean {
  const { data } = foregroundOf(image);
  const covered = silhouette.reduce((sum, inside, p) => sum + (inside & (data[p] as number)), 0);
  return 2 * covered >= silhouette.reduce((sum, inside) => sum + inside, 0);
}
