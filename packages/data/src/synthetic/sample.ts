import type { Rng } from '@munit/core';
import type { Rgb } from '@munit/images';
import { hsvToRgb } from './render/colour.js';
import { families, hueModes, lights, textures } from './types.js';
import type { Content, Style } from './types.js';

/** How styles are drawn. */
export interface StyleOptions {
  /** `'white'` (default), or `'soft'`: very light tints of any hue. */
  readonly background?: 'white' | 'soft';
}

/** Largest distance of a style's hue from the centre of its mode, in degrees; modes are 45° apart. */
export const hueJitter = 7;

function between(rng: Rng, low: number, high: number): number {
  return low + (high - low) * rng.uniform();
}

function pick<T>(rng: Rng, choices: readonly T[]): T {
  return choices[rng.integer(choices.length)] as T;
}

/**
 * A content: every family alike, any turn, radius 0.32 to 0.45 of the side, centre so that
 * the shape keeps 4 % of the side as a margin.
 */
export function sampleContent(rng: Rng): Content {
  const family = pick(rng, families);
  const radius = between(rng, 0.32, 0.45);
  const room = 0.5 - 0.04 - radius;
  return {
    family,
    radius,
    x: 0.5 + between(rng, -room, room),
    y: 0.5 + between(rng, -room, room),
    angle: between(rng, 0, 2 * Math.PI),
    variant: rng.uniform(),
  };
}

/** A style: hue mode, texture and light are uniform and independent of each other and of the content. */
export function sampleStyle(rng: Rng, options: StyleOptions = {}): Style {
  const hueMode = rng.integer(hueModes.length);
  const hue = (360 + 45 * hueMode + between(rng, -hueJitter, hueJitter)) % 360;
  return {
    hueMode,
    hue,
    saturation: between(rng, 0.92, 1),
    value: between(rng, 0.96, 1),
    texture: pick(rng, textures),
    light: pick(rng, lights),
    background: sampleBackground(rng, options.background ?? 'white'),
  };
}

function sampleBackground(rng: Rng, kind: 'white' | 'soft'): Rgb {
  if (kind === 'white') return [255, 255, 255];
  const [red, green, blue] = hsvToRgb(between(rng, 0, 360), between(rng, 0, 0.08), between(rng, 0.96, 1));
  return [Math.round(255 * red), Math.round(255 * green), Math.round(255 * blue)];
}
