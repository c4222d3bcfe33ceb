/** The style space as a map, by pointer and by keys. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright';
import { expect, it } from 'vitest';
import { simd, webgpu } from './support/devices.js';
import { AFTER, difference, pixels, shoot, stopGrid, translated } from './support/pictures.js';
import { useStudio } from './support/studio.js';

const studio = useStudio();

const styleIn = (page: Page): number[] => (new URLSearchParams(new URL(page.url()).hash.slice(1)).get('style') ?? '').split(',').map(Number);
const point = (page: Page) => page.getByRole('slider', { name: /^Place on the map of styles/ });

it.each([simd, webgpu])('shows styles on a plane, and takes the one under the pointer or the arrow keys: $device', async (on) => {
  const { page, errors, close } = await studio.open({ on });
  await translated(page);
  await stopGrid(page);
  await page.getByRole('button', { name: 'Map', exact: true }).click();
  await point(page).waitFor();
  await page.getByText(/a dot is an example/).waitFor();
  expect(await page.locator('.map-mark').count()).toBeGreaterThanOrEqual(4);

  // The middle of the map, and a corner: other styles, other pictures.
  const box = (await page.locator('.map').boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await expect.poll(() => point(page).getAttribute('aria-valuetext')).toMatch(/^-?0\.0 across, -?0\.0 up$/);
  await translated(page);
  const middle = await pixels(page, AFTER);
  await page.mouse.move(box.x + 0.9 * box.width, box.y + 0.1 * box.height, { steps: 3 });
  await page.mouse.up();
  await expect.poll(() => point(page).getAttribute('aria-valuetext')).toBe('1.6 across, 1.6 up');
  await expect.poll(async () => difference(await pixels(page, AFTER), middle)).toBeGreaterThan(1);
  await expect.poll(() => styleIn(page).length).toBe(8);

  // Keys: to the left, and back to the middle.
  await point(page).press('Shift+ArrowLeft');
  await expect.poll(() => point(page).getAttribute('aria-valuetext')).toBe('1.1 across, 1.6 up');
  await point(page).press('Home');
  await expect.poll(async () => difference(await pixels(page, AFTER), middle)).toBeLessThan(0.5);
  if (on === simd) {
    // The grid of pictures is there, and each differs from its neighbour.
    await expect.poll(() => page.locator('.map-cells canvas').evaluateAll((all) => (all as HTMLCanvasElement[]).filter(({ width }) => width > 1).length)).toBe(25);
    await page.getByRole('slider', { name: 's1', exact: true }).fill('3');
    await expect.poll(() => point(page).getAttribute('aria-valuetext')).not.toMatch(/^-?0\.0 across, -?0\.0 up$/);
    const { violations } = await new AxeBuilder({ page }).include('.styles').analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
    await shoot(page, 'map');
  }
  expect(errors).toEqual([]);
  await close();
});
