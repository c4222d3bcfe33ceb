/** Two models side by side. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, it } from 'vitest';
import { simd } from './support/devices.js';
import { difference, shoot, translated } from './support/pictures.js';
import { useStudio } from './support/studio.js';

const studio = useStudio();

it('shows two models on the same images in the same styles, and ends the second one with its view', async () => {
  const { page, errors, close } = await studio.open({ on: simd });
  await translated(page);
  await page.getByRole('tab', { name: 'Compare' }).click();
  const workers = page.workers().length;
  await page.getByRole('list', { name: 'Models to compare with' }).getByRole('button', { name: 'Shapes' }).click();
  const cell = (by: string, style: number) => page.getByRole('img', { name: `Outline 1 by ${by}, style ${style}` });
  const data = (column: number): Promise<number[]> =>
    page.locator('.comparison tbody tr').first().locator('td canvas').nth(column).evaluate((canvas: HTMLCanvasElement) => [...canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data]);
  await cell('Shapes', 1).first().waitFor();
  await page.locator('.comparison').getByRole('progressbar').waitFor({ state: 'detached' });
  await expect.poll(async () => (await data(3)).length).toBe(4 * 64 * 64);
  // The same model twice: the same pictures, in two different styles.
  expect(difference(await data(0), await data(2))).toBe(0);
  expect(difference(await data(1), await data(3))).toBe(0);
  expect(difference(await data(0), await data(1))).toBeGreaterThan(1);
  await page.getByRole('list', { name: 'Models to compare with' }).getByRole('button', { name: 'Animals' }).click();
  await cell('Animals', 2).waitFor();
  await expect.poll(async () => difference(await data(0), await data(2))).toBeGreaterThan(1);
  expect(page.workers()).toHaveLength(workers + 1);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  await shoot(page, 'compare');
  await page.getByRole('tab', { name: 'Translate' }).click();
  await expect.poll(() => page.workers().length).toBe(workers);
  expect(errors).toEqual([]);
  await close();
});
