import type { Content, Light, Style, Texture } from '../types.js';

/**
 * How far texture and light darken the fill's HSV value at most, as a share of it. They never brighten it: clipping would turn the hue.
 * Both are as strong as they are so that a model pays for getting them wrong: another texture moves a picture of B by 0.07 in L1 over
 * all pixels, another light by 0.06, a hue 90° off by 0.13.
 */
const textureDepth = 0.5;
const lightDepth = 0.6;
const highlightStrength = 0.42;
const highlightReach = 0.24;

/** Unit vector towards the light, y down. */
export const lightDirections: Readonly<Record<Light, readonly [x: number, y: number]>> = {
  topLeft: [-Math.SQRT1_2, -Math.SQRT1_2],
  topRight: [Math.SQRT1_2, -Math.SQRT1_2],
  bottomRight: [Math.SQRT1_2, Math.SQRT1_2],
  bottomLeft: [-Math.SQRT1_2, Math.SQRT1_2],
};

/** 0 up to `from`, 1 from `to` on, smooth between. */
function smoothStep(from: number, to: number, x: number): number {
  const t = Math.min(1, Math.max(0, (x - from) / (to - from)));
  return t * t * (3 - 2 * t);
}

/**
 * How dark a texture is, 0 to 1, at a depth below the outline (0 at it, 1 in the shape's middle). Textures follow the shape, not the
 * picture: networks that pad by reflection see no absolute places, so waves anchored to the picture could not be learnt from outlines.
 * At 32 px a zone is about as wide as the stride of two downsamplings.
 */
export function textureAt(texture: Texture, depth: number): number {
  const rim = 1 - smoothStep(0.3, 0.5, depth);
  const core = smoothStep(0.55, 0.75, depth);
  switch (texture) {
    case 'plain':
      return 0;
    case 'rim':
      return rim;
    case 'core':
      return core;
    case 'rings':
      return Math.max(rim, core);
  }
}

/** The factor of a texture on the HSV value. */
export const textureFactor = (texture: Texture, depth: number): number => 1 - textureDepth * textureAt(texture, depth);

/** What light and texture make of the fill at one point. */
export interface Shade {
  /** Factor on the HSV value, 0 to 1. */
  readonly value: number;
  /** Share of white mixed in: the soft highlight. */
  readonly white: number;
}

/** A function of the pixel's centre and its depth (see `textureAt`), for one content and style. */
export function shader(content: Content, style: Style, size: number): (x: number, y: number, depth: number) => Shade {
  const [lightX, lightY] = lightDirections[style.light];
  const centreX = content.x * size;
  const centreY = content.y * size;
  const radius = content.radius * size;
  return (x, y, depth) => {
    const u = (x - centreX) / radius;
    const v = (y - centreY) / radius;
    const towards = u * lightX + v * lightY;
    const fromHighlight = ((u - 0.36 * lightX) ** 2 + (v - 0.36 * lightY) ** 2) / (2 * highlightReach ** 2);
    return {
      value: (1 - lightDepth * 0.5 * (1 - Math.max(-1, Math.min(1, towards)))) * textureFactor(style.texture, depth),
      white: highlightStrength * Math.exp(-fromHighlight),
    };
  };
}
