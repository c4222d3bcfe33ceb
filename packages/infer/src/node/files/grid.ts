/** Inputs and their results in one picture. */
import { toChannels } from '@munit/images';
import { decodeImage, loadSharp, readImageFile } from '@munit/images/node';

/** Files by row; the first column is the input. */
export type GridRows = readonly (readonly string[])[];

/**
 * A PNG of cells of `cell` pixels on white, with a small gap; every picture is read as a translation reads it, and scaled to fit its cell.
 * @throws BrokenImageError when one cannot be read
 */
export async function renderGrid(rows: GridRows, cell = 192, gap = 4): Promise<Uint8Array> {
  const sharp = await loadSharp();
  const columns = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const at = (i: number): number => gap + i * (cell + gap);
  const composed: { readonly input: Buffer; readonly left: number; readonly top: number }[] = [];
  // One after the other: each may be as large as a photograph is.
  for (const [y, row] of rows.entries()) {
    for (const [x, path] of row.entries()) {
      const { data, width, height } = toChannels((await decodeImage(await readImageFile(path), { name: path })).pixels, 3);
      const image = sharp(data, { raw: { width, height, channels: 3 } }).resize(cell, cell, { fit: 'contain', background: 'white' });
      composed.push({ input: await image.png().toBuffer(), left: at(x), top: at(y) });
    }
  }
  const canvas = sharp({ create: { width: at(columns), height: at(rows.length), channels: 3, background: 'white' } });
  return new Uint8Array(await canvas.composite(composed).removeAlpha().png().toBuffer());
}
