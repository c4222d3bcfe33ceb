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

/** Patterns of the fill, which follow the outline: none, a dark zone along it, a dark middle, or both with a bright ring between. */
export const textures = ['plain', 'rim', 'core', 'rings'] as const;
/** One of `textures`. */
export type Texture = (typeof textures)[number];

/** Where the light comes from. */
export const lights = ['topLeft', 'topRight', 'bottomRight', 'bottomLeft'] as const;
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
  /** HSV value of the fill before texture and light. */
  readonly value: number;
  /** Pattern of the fill. */
  readonly texture: Texture;
  /** Where the light comes from. */
  readonly light: Light;
  /** Colour around the shape, 0 to 255. */
  readonly background: Rgb;
}
