import type { Rgb } from '@munit/images';

/** The shapes. Each is one closed outline without holes. */
export const families = [
  'ellipse',
  'rectangle',
  'triangle',
  'hexagon',
  'star',
  'heart',
  'cross',
  'crescent',
  'drop',
  'arrow',
] as const;
/** One of `families`. */
export type Family = (typeof families)[number];

/** The eight hue modes: names of 0°, 45°, …, 315° on the HSV circle. */
export const hueModes = ['red', 'orange', 'lime', 'green', 'cyan', 'blue', 'violet', 'pink'] as const;
/** Index into `hueModes`, 0 to 7. */
export type HueMode = number;

/** How light the fill is within its rim, from a pale middle to a deep one, all of the same chroma. */
export const textures = ['pale', 'light', 'medium', 'deep'] as const;
/** One of `textures`. */
export type Texture = (typeof textures)[number];

/** How bright the light is that falls on the whole scene, shape and ground. */
export const lights = ['bright', 'mild', 'dim', 'dark'] as const;
/** One of `lights`. */
export type Light = (typeof lights)[number];

/** What both domains share: everything that the outline shows. Lengths are fractions of the picture's side. */
export interface Content {
  /** The shape. */
  readonly family: Family;
  /** Centre, from the left. */
  readonly x: number;
  /** Centre, from the top. */
  readonly y: number;
  /** Radius of the circle around the centre that holds the shape. */
  readonly radius: number;
  /** Turn in radians, clockwise as seen. */
  readonly angle: number;
  /** The family's own proportion (an ellipse's axes, a star's depth …), 0 to 1. */
  readonly variant: number;
}

/** What only B shows. */
export interface Style {
  /** Index into `hueModes`: `hue` is within 7° of 45° times this. */
  readonly hueMode: HueMode;
  /** HSV hue in degrees, [0, 360). */
  readonly hue: number;
  /** HSV saturation of the fill. */
  readonly saturation: number;
  /** HSV value of the fill's rim before light. */
  readonly value: number;
  /** How light the fill is within its rim. */
  readonly texture: Texture;
  /** How bright the light on shape and ground is. */
  readonly light: Light;
  /** Colour around the shape in the brightest light, 0 to 255. */
  readonly background: Rgb;
}
