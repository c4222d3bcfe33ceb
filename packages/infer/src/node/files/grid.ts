/** Inputs and their results in one picture. */
import { loadSharp } from '@munit/images/node';

/** Files by row; the first column is the input. */
export type GridRows = readonly (readonly string[])[];

/** A PNG of cells of `cell` pixels on white, with a small gap; every picture is scaled to fit its cell. */
export async function renderGrid(rows: GridRows, cell = 192, gap = 4): Promise<Uint8Array> {
  const sharp = await loadSharp();
  const columns = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const at = (i: number): number => gap + i * (cell + gap);
  const composed = await Promise.all(
    rows.flatMap((row, y) =>
      row.map(async (path, x) => {
        const image = sharp(path).autoOrient().flatten({ background: 'white' }).resize(cell, cell, { fit: 'contain', background: 'white' });
        return { input: await image.png().toBuffer(), left: at(x), top: at(y) };
      }),
    ),
  );
  const canvas = sharp({ create: { width: at(columns), height: at(rows.length), channels: 3, background: 'white' } });
  return new Uint8Array(await canvas.composite(composed).removeAlpha().png().toBuffer());
}
