/** The sheet as one image: inputs in the first column, a style in each of the others. */
import { bitmapOf } from '../../image/bitmap.js';
import { side } from '../../translate/side.js';
import { saveFile } from '../../ui/files.js';
import { notifyError } from '../../ui/notices.js';
import { draw } from '../../ui/draw.js';
import { columns, rows, sheet } from './sheet.js';

const GAP = 4;

export async function saveSheet(): Promise<void> {
  try {
    const cell = side.peek();
    const canvas = new OffscreenCanvas((columns.peek().length + 1) * (cell + GAP) - GAP, rows.peek().length * (cell + GAP) - GAP);
    const context = canvas.getContext('2d')!;
    const scratch = new OffscreenCanvas(1, 1);
    const put = (column: number, row: number): void => {
      // The middle of each, as the page shows it.
      const s = Math.min(scratch.width, scratch.height);
      context.drawImage(scratch, (scratch.width - s) / 2, (scratch.height - s) / 2, s, s, column * (cell + GAP), row * (cell + GAP), cell, cell);
    };
    for (const [row, image] of rows.peek().entries()) {
      draw(scratch, await bitmapOf(image, cell));
      put(0, row);
      for (let column = 0; column < columns.peek().length; column++) {
        const picture = sheet.state.peek().pictures[row * columns.peek().length + column];
        if (picture === undefined) continue;
        draw(scratch, picture);
        put(column + 1, row);
      }
    }
    saveFile(await canvas.convertToBlob({ type: 'image/png' }), 'munit-grid.png');
  } catch (error) {
    notifyError(error);
  }
}
