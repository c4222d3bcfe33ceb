// node scripts/samples.mjs: draws the studio's sample images: animals, and shapes from the synthetic benchmark's test split.
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sampleAnimal } from '@munit/data/animals';
import { loadAnimalShapes, renderAnimal } from '@munit/data/node';
import { renderSample } from '@munit/data/synthetic';
import sharp from 'sharp';

const SIZE = 128;
/** Images that differ, of each domain. */
const shapes = { a: [15, 2, 7, 4, 14, 1], b: [0, 1, 7, 9, 14, 21] };
const animals = { a: [3, 12, 10, 13, 16, 26], b: [19, 24, 21, 33, 32, 37] };

const folder = fileURLToPath(new URL('../public/samples/', import.meta.url));
mkdirSync(folder, { recursive: true });

/** @param {string} name @param {import('@munit/images').PixelImage} image */
async function write(name, { data, width, height, channels }) {
  await sharp(data, { raw: { width, height, channels: /** @type {1 | 3} */ (channels) } }).png({ compressionLevel: 9, palette: false }).toFile(`${folder}${name}.png`);
}

const { shapes: parts } = await loadAnimalShapes();
for (const domain of /** @type {const} */ (['a', 'b'])) {
  for (const [i, index] of shapes[domain].entries()) await write(`${domain}${i}`, renderSample({ size: SIZE, seed: 2018 }, domain, 'test', index));
  for (const [i, index] of animals[domain].entries()) await write(`animal-${domain}${i}`, await renderAnimal(parts, sampleAnimal({ size: SIZE, seed: 2018 }, 'test', domain, index), domain, SIZE));
}
