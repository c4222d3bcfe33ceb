import type { Content, Light, Style, Texture } from '../types.js';

/** How far texture and light darken the fill's HSV value at most, as a share of it. They never brighten it: clipping would turn the hue. */
const textureDepth = 0.22;
const lightDepth = 0.3;
const highlightStrength = 0.42;
const highlightReach = 0.24;

/** Unit vector towards the light, y down. */
export const lightDirections: Readonly<Record<Light, readonly [x: number, y: number]>> = {
  topLeft: [-Math.SQRT1_2, -Math.SQRT1_2],
  topRight: [Math.SQRT1_2, -Math.SQRT1_2],
  bottomRight: [Math.SQRT1_2, Math.SQRT1_2],
  bottomLeft: [-Math.SQRT1_2, Math.SQRT1_2],
};

/** Period of the textures in pixels: 5 at 32 px, in proportion at other sizes. */
export function texturePeriod(size: number): number {
  return (size * 5) / 32;
}

/** -1 to 1. Anchored to the picture: horizontal stripes, vertical bars, a square lattice of dots. */
export function textureAt(texture: Texture, x: number, y: number, period: number): number {
  const across = Math.cos((2 * Math.PI * x) / period);
  const down = Math.cos((2 * Math.PI * y) / period);
  switch (texture) {
    case 'plain':
      return 0;
    case 'stripes':
      return down;
    case 'bars':
      return across;
    case 'dots':
      return across * down;
  }
}

function textureFactor(texture: Texture, x: number, y: number, period: number): number {
  return texture === 'plain' ? 1 : 1 - textureDepth * 0.5 * (1 - textureAt(texture, x, y, period));
}

/** What light and texture make of the fill at one point. */
export interface Shade {
  /** Factor on the HSV value, 0 to 1. */
  readonly value: number;
  /** Share of white mixed in: the soft highlight. */
  readonly white: number;
}

/** A function of the pixel's centre, for one content and style. */
export function shader(content: Content, style: Style, size: number): (x: number, y: number) => Shade {
  const [lightX, lightY] = lightDirections[style.light];
  const period = texturePeriod(size);
  const centreX = content.x * size;
  const centreY = content.y * size;
  const radius = content.radius * size;
  return (x, y) => {
    const u = (x - centreX) / radius;
    const v = (y - centreY) / radius;
    const towards = u * lightX + v * lightY;
    const fromHighlight = ((u - 0.36 * lightX) ** 2 + (v - 0.36 * lightY) ** 2) / (2 * highlightReach ** 2);
    return {
      value: (1 - lightDepth * 0.5 * (1 - Math.max(-1, Math.min(1, towards)))) * textureFactor(style.texture, x, y, period),
      white: highlightStrength * Math.exp(-fromHighlight),
    };
  };
}
