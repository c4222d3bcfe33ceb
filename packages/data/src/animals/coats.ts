import type { Rgb } from '@munit/images';

/** A coat colour: what only the coloured domain shows. */
export interface Coat {
  /** What it is called. */
  readonly name: string;
  /** Its sRGB value, 0 to 255. */
  readonly rgb: Rgb;
}

/** The coat colours. Any two are at least 49 apart in RGB, so that an output's coat can be recognised. */
export const coats: readonly Coat[] = [
  { name: 'sand', rgb: [217, 184, 143] },
  { name: 'brown', rgb: [169, 113, 79] },
  { name: 'rose', rgb: [236, 138, 144] },
  { name: 'leaf', rgb: [143, 191, 106] },
  { name: 'mint', rgb: [143, 224, 189] },
  { name: 'teal', rgb: [80, 200, 198] },
  { name: 'orange', rgb: [240, 140, 60] },
  { name: 'yellow', rgb: [242, 206, 85] },
  { name: 'lavender', rgb: [178, 141, 240] },
  { name: 'sky', rgb: [111, 168, 240] },
  { name: 'grey', rgb: [154, 160, 173] },
  { name: 'charcoal', rgb: [90, 95, 112] },
];

/** A colour in the notation of SVG: `#d9b88f`. */
export function hexOf(rgb: Rgb): string {
  return `#${rgb.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}
