import { hsvToRgb } from './colour.js';
import type { Light, Style, Texture } from '../types.js';

/** How light the middle of the lightest texture is as a share of the rim, of each texture as a share of the one before, and of each light likewise. */
const palest = 0.95;
const textureStep = 0.86;
const lightStep = 0.9;

/** Chroma of the shape's middle as a share of that of its rim, the same for every texture. */
const middleChroma = 0.6;

/** The depths between which the rim passes into the middle. */
const rimEnd = 0.05;
const middleStart = 0.2;

/** How much a depth below the outline (0 at it, 1 where it is farthest away) belongs to the shape's middle, 0 to 1. */
export function middleAt(depth: number): number {
  const t = Math.min(1, Math.max(0, (depth - rimEnd) / (middleStart - rimEnd)));
  return t * t * (3 - 2 * t);
}

/**
 * The HSV value of the shape's middle by texture, as a share of that of its rim. Textures follow the shape, not the picture: networks
 * that pad by reflection see no absolute places. And they are one pattern of four strengths, not four patterns: a style code acts on all
 * places alike, so it can say how light the middle is, whereas which places are light a content code tells better. The chroma does not follow:
 * a dark middle is a deep colour, a light one a pale colour, and the hue of both shows alike.
 */
export const middleValue: Readonly<Record<Texture, number>> = {
  pale: palest,
  light: palest * textureStep,
  medium: palest * textureStep ** 2,
  deep: palest * textureStep ** 3,
};

/** The fill of `style` in the middle of the shape, in the brightest light; channels 0 to 1. Nothing exceeds 1: clipping would turn the hue. */
export function middleOf(style: Style): [red: number, green: number, blue: number] {
  const share = middleValue[style.texture];
  return hsvToRgb(style.hue, (style.saturation * middleChroma) / share, style.value * share);
}

/**
 * The factor of a light on every channel of shape and ground. It is one over the picture: what differs from place to place a content code
 * can carry, but networks that normalise contents lose a picture's brightness, and have to take it from the style.
 */
export const brightness: Readonly<Record<Light, number>> = { bright: 1, mild: lightStep, dim: lightStep ** 2, dark: lightStep ** 3 };
