import type { Domain } from '@munit/core';
import { DataError } from '@munit/core';
import type { PixelImage } from '@munit/images';
import { coats } from '../../animals/coats.js';
import { type AnimalShapes, colourDrawing, lineDrawing } from '../../animals/drawing.js';
import type { AnimalSample } from '../../animals/sample.js';

/** A picture of an animal: in lines (`a`) or in colour (`b`). @throws DataError without sharp */
export async function renderAnimal(shapes: AnimalShapes, { content, coat }: AnimalSample, domain: Domain, size: number): Promise<PixelImage> {
  const sharp = await loadSharp();
  const svg = domain === 'a' ? lineDrawing(shapes, content, size) : colourDrawing(shapes, content, (coats[coat] ?? coats[0]!).rgb, size);
  const { data, info } = await sharp(Buffer.from(svg)).removeAlpha().toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: 3, data: new Uint8Array(data) };
}

async function loadSharp(): Promise<typeof import('sharp').default> {
  try {
    return (await import('sharp')).default;
  } catch (cause) {
    throw new DataError('Drawing animals needs the package sharp.', { cause, remedy: 'Install it: npm install sharp' });
  }
}
