import type { Rgb } from '@munit/images';
import { hexOf } from './coats.js';
import type { AnimalContent, AnimalParts } from './types.js';

/** Draws a part: SVG elements in a square of 500, for a coat colour such as `#d9b88f`. */
export type DrawPart = (colour: string) => string;

/** The drawings of `animal-avatar-generator`, by part. */
export interface AnimalShapes {
  /** The head, in the coat's colour. */
  readonly faces: readonly DrawPart[];
  /** Patches of the coat. */
  readonly patterns: readonly DrawPart[];
  /** Ears and horns. */
  readonly ears: readonly DrawPart[];
  /** Wool, manes and tufts. */
  readonly hairs: readonly DrawPart[];
  /** Noses, mouths and what is around them. */
  readonly muzzles: readonly DrawPart[];
  /** Pairs of eyes. */
  readonly eyes: readonly DrawPart[];
  /** Pairs of brows. */
  readonly brows: readonly DrawPart[];
}

/** Side of the part of the original drawing that is shown, and its margin: the badge around the face is cropped away. */
const shown = { side: 440, margin: 30 } as const;

/** The generator's ink: eyes, brows, noses and mouths. */
const ink = '#15212a';
/** Its wool, and what stands in for it: the original is all but white, and would have no outline on white paper. */
const wool = { original: '#fef6f4', ours: '#f2dfc4' } as const;

/** The parts in the order in which they are painted. */
function layers(shapes: AnimalShapes, parts: AnimalParts, colour: string): { readonly body: readonly string[]; readonly features: readonly string[] } {
  const draw = (choices: readonly DrawPart[], index: number | null): string => (index === null ? '' : (choices[index]?.(colour) ?? ''));
  return {
    body: [draw(shapes.faces, 0), draw(shapes.patterns, parts.patch), draw(shapes.ears, parts.ears), draw(shapes.hairs, parts.hair), draw(shapes.muzzles, parts.muzzle)],
    features: [draw(shapes.eyes, parts.eyes), draw(shapes.brows, parts.brows)],
  };
}

function svg({ pose }: AnimalContent, size: number, elements: string): string {
  const { side, margin } = shown;
  const [x, y] = [250 + pose.x * side, 250 + pose.y * side];
  const placed = `translate(${x} ${y}) rotate(${pose.turn}) scale(${pose.scale}) translate(-250 -250)`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="${margin} ${margin} ${side} ${side}"><rect width="500" height="500" fill="#fff"/><g transform="${placed}">${elements}</g></svg>`;
}

/** The animal in colour, as SVG. @param size side in pixels */
export function colourDrawing(shapes: AnimalShapes, content: AnimalContent, coat: Rgb, size: number): string {
  const { body, features } = layers(shapes, content.parts, hexOf(coat));
  return svg(content, size, [...body, ...features].join('').replaceAll(wool.original, wool.ours));
}

/**
 * The animal in lines, as SVG: white areas with black outlines; what the designer drew in ink stays filled, as a person draws eyes and
 * noses, and lines that are thinner than a pixel would be lost as outlines.
 * @param size side in pixels
 */
export function lineDrawing(shapes: AnimalShapes, content: AnimalContent, size: number): string {
  const { body, features } = layers(shapes, content.parts, '#ffffff');
  // The drawing is scaled, its lines are not: they are a pen's.
  const width = (content.pose.line * shown.side) / content.pose.scale;
  const outlined = body.map((elements) =>
    elements.replace(/fill="([^"]*)"/g, (_, fill: string) =>
      fill === ink ? `fill="#000" stroke="#000" stroke-width="${width / 4}"` : `fill="#fff" stroke="#000" stroke-width="${width}" stroke-linejoin="round"`,
    ),
  );
  return svg(content, size, [...outlined, ...features.map((elements) => elements.replaceAll(ink, '#000'))].join(''));
}
