// node scripts/gallery.mjs: the picture of each bundled model: a sample, and its translations in three random styles.
import { fileURLToPath } from 'node:url';
import { loadTranslator } from '@munit/infer/node';
import sharp from 'sharp';

const SIDE = 96;
const GAP = 2;
const inPublic = (/** @type {string} */ path) => fileURLToPath(new URL(`../public/${path}`, import.meta.url));

/** @type {readonly { model: string, sample: string, seed: number }[]} */
const pictures = [
  { model: 'animals', sample: 'animal-a1.png', seed: 4 },
  { model: 'shapes', sample: 'a2.png', seed: 5 },
];

for (const { model, sample, seed } of pictures) {
  const translator = await loadTranslator(inPublic(`models/${model}`), { device: 'simd' });
  const side = translator.trainedSize ?? 64;
  const input = await sharp(inPublic(`samples/${sample}`)).resize(side, side).removeAlpha().png().toBuffer();
  const made = await translator.translate(new Blob([new Uint8Array(input)]), { styles: 3, seed });
  const tiles = [sharp(input), ...made.map(({ data, width, height, channels }) => sharp(data, { raw: { width, height, channels: /** @type {1 | 3} */ (channels) } }))];
  translator.dispose();
  const cells = await Promise.all(tiles.map((tile) => tile.resize(SIDE, SIDE, { kernel: 'lanczos3' }).png().toBuffer()));
  const strip = sharp({ create: { width: cells.length * (SIDE + GAP), height: SIDE, channels: 3, background: '#fff' } });
  await strip.composite(cells.map((cell, i) => ({ input: cell, left: i * (SIDE + GAP), top: 0 }))).webp({ quality: 85 }).toFile(inPublic(`models/${model}/picture.webp`));
  console.log(`public/models/${model}/picture.webp`);
}

