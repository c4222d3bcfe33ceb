/** Images of all formats through the processes that decode them. */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { inRoot } from '../../lib/paths.mjs';
import { pick } from './families.mjs';

/** @typedef {import('./families.mjs').Family} Family @typedef {import('./families.mjs').Place} Place */

export const imageFormats = /** @type {const} */ (['png', 'jpeg', 'webp', 'gif', 'tiff', 'avif']);

/** Files that are waited for at once: what one process of the decoder takes. */
const batch = 16;

/** @param {typeof imageFormats[number]} format @returns {(place: Place) => Promise<Family>} */
export const decoded = (format) => async ({ library, folder }) => {
  const files = await originals(format);
  const pool = new library.DecodePool({ processes: 1 });
  const options = /** @type {const} */ ({ channels: 3, resize: 16, background: [255, 255, 255], maxPixels: 1e6 });
  return {
    batch,
    sound: files,
    make: (rng) => library.mutate(pick(files, rng), () => rng.uniform()),
    allowed: /^\d+$/,
    read: async (bytes, slot) => {
      const path = join(folder, String(slot));
      writeFileSync(path, bytes);
      const { image } = await pool.decode({ path }, options);
      if (image.data.length !== image.width * image.height * 3) throw new RangeError(`${image.width}×${image.height} with ${image.data.length} values`);
    },
    close: () => pool.dispose(),
  };
};

/** Small ones of several kinds. @param {typeof imageFormats[number]} format @returns {Promise<Uint8Array[]>} */
async function originals(format) {
  // The images package depends on it, this workspace's root does not.
  /** @type {(input: Uint8Array, options: object) => Pipeline} */
  const sharp = createRequire(inRoot('packages/data/package.json'))('sharp');
  const kinds = [{ channels: 3 }, { channels: 4 }, { channels: 1 }];
  return Promise.all(
    kinds.map(async ({ channels }, kind) => {
      const data = Uint8Array.from({ length: 24 * 18 * channels }, (_, i) => (i * 37 + (i >> 3)) & 255);
      const image = sharp(data, { raw: { width: 24, height: 18, channels } });
      return new Uint8Array(await image.withMetadata({ orientation: 1 + kind * 2 }).toFormat(format, { effort: 2, progressive: kind === 1 }).toBuffer());
    }),
  );
}

/** @typedef {{ withMetadata: (options: object) => Pipeline, toFormat: (format: string, options: object) => Pipeline, toBuffer: () => Promise<Uint8Array> }} Pipeline */
