// node scripts/samples.mjs: draws the studio's sample images, from the synthetic benchmark's test split.
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { renderSample } from '@munit/data/synthetic';
import sharp from 'sharp';

const SIZE = 128;
/** Images that differ, of each domain. */
const indices = { a: [15, 2, 7, 4, 14, 1], b: [0, 1, 7, 9, 14, 21] };

const folder = fileURLToPath(new URL('../public/samples/', import.meta.url));
mkdirSync(folder, { recursive: true });
for (const domain of /** @type {const} */ (['a', 'b'])) {
  for (const [i, index] of indices[domain].entries()) {
    const { data, width, height, channels } = renderSample({ size: SIZE, seed: 2018 }, domain, 'test', index);
    const image = sharp(data, { raw: { width, height, channels: /** @type {1 | 3} */ (channels) } });
    await image.png({ compressionLevel: 9, palette: false }).toFile(`${folder}${domain}${i}.png`);
  }
}
