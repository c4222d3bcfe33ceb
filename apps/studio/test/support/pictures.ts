/** What the page shows. */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright';

const screenshots = fileURLToPath(new URL('../../../../.cache/screenshots/', import.meta.url));

/** Takes the style of a sample image. */
export async function takeStyle(page: Page, picture: string): Promise<void> {
  const example = page.getByRole('list', { name: 'Images whose style to take' }).getByRole('button', { name: picture, exact: true });
  await example.click();
  // Its style is taken, and with that the stage starts over.
  await example.and(page.locator('[aria-pressed="true"]')).waitFor();
  await translated(page);
}

/** The translation is there, and no other is being made. */
export async function translated(page: Page): Promise<void> {
  await page.locator('section.stage[aria-busy="false"] canvas').first().waitFor();
}

/** No more random styles are being made: they were stopped, or are there already. */
export async function stopGrid(page: Page): Promise<void> {
  const button = page.getByRole('button', { name: 'Stop the grid' });
  await button.click({ timeout: 1000 }).catch(() => undefined);
  await button.waitFor({ state: 'detached' });
}

/** The bytes that a canvas shows: RGBA. */
export function pixels(page: Page, selector: string): Promise<number[]> {
  return page.locator(selector).first().evaluate((canvas: HTMLCanvasElement) => {
    const { width, height } = canvas;
    return [...canvas.getContext('2d')!.getImageData(0, 0, width, height).data];
  });
}

/** The translated image of the stage. */
export const AFTER = '.pair figure:last-of-type canvas';

/** Kept for people to look at: `.cache/screenshots`. */
export async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: `${screenshots}${name}.png` });
}

/** Moves a slider as its user does. */
export async function slide(page: Page, label: string, value: number): Promise<void> {
  await page.getByRole('slider', { name: label, exact: true }).fill(String(value));
}

/** The mean of |a − b| over all bytes. */
export const difference = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, x, i) => sum + Math.abs(x - (b[i] ?? 0)), 0) / a.length;

/** The mean of each of red, green and blue. */
export const meanColour = (data: readonly number[]): number[] =>
  [0, 1, 2].map((channel) => data.reduce((sum, x, i) => (i % 4 === channel ? sum + x : sum), 0) / (data.length / 4));
