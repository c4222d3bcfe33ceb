/** A first visit: animals, in colour while one draws. */
import { expect, it } from 'vitest';
import { AFTER, pixels, shoot, translated } from './support/pictures.js';
import { useStudio } from './support/studio.js';

const studio = useStudio();

/** Share of pixels with colour, and the least value at the border. */
function look(data: readonly number[]): { readonly coloured: number; readonly paper: number } {
  const side = Math.sqrt(data.length / 4);
  let [coloured, paper] = [0, 255];
  for (let p = 0; p < data.length / 4; p++) {
    const rgb = data.slice(4 * p, 4 * p + 3);
    if (Math.max(...rgb) - Math.min(...rgb) > 24) coloured++;
    if (p % side === 0 || p < side) paper = Math.min(paper, ...rgb);
  }
  return { coloured: coloured / (side * side), paper };
}

it('shows a drawing of an animal and its animal in colour, and colours what is drawn', async () => {
  const { page, errors, close } = await studio.open({ hash: '' });
  await translated(page);
  await page.locator('.tile[data-fresh="true"]').nth(11).waitFor();
  expect(await page.locator('.model-name strong').textContent()).toBe('Animals');
  await page.getByRole('img', { name: 'Drawing 1, before' }).waitFor();
  await shoot(page, 'animals');
  const sample = look(await pixels(page, AFTER));
  // The face covers about half of the picture; grey, charcoal and white parts have no colour.
  expect(sample.coloured).toBeGreaterThan(0.15);
  expect(sample.paper).toBeGreaterThan(200);

  await page.getByRole('button', { name: 'Draw', exact: true }).click();
  const box = (await page.locator('canvas.pad').boundingBox())!;
  for (let i = 0; i <= 48; i++) {
    const turn = (2 * Math.PI * i) / 48;
    await page.mouse.move(box.x + (0.5 + 0.36 * Math.cos(turn)) * box.width, box.y + (0.55 + 0.3 * Math.sin(turn)) * box.height);
    if (i === 0) await page.mouse.down();
  }
  await page.mouse.up();
  await expect.poll(async () => look(await pixels(page, AFTER)).coloured, { timeout: 30_000 }).toBeGreaterThan(0.15);
  await shoot(page, 'animals-drawn');
  expect(errors).toEqual([]);
  await close();
});
