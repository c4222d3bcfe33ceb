/** Drawing an image in the page. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright';
import { expect, it } from 'vitest';
import { simd } from './support/devices.js';
import { AFTER, difference, pixels, shoot, translated } from './support/pictures.js';
import { useStudio } from './support/studio.js';

const studio = useStudio();
const PAPER = 'canvas.pad';

/** Draws lines between points, given in parts of the paper. */
async function drawLines(page: Page, ...points: [x: number, y: number][]): Promise<void> {
  const { x, y, width, height } = (await page.locator(PAPER).boundingBox())!;
  const [first, ...rest] = points.map(([across, down]) => [x + across * width, y + down * height] as const);
  await page.mouse.move(...first!);
  await page.mouse.down();
  for (const point of rest) await page.mouse.move(...point, { steps: 5 });
  await page.mouse.up();
}

/** How dark the paper is on the whole: 0 for an empty one. */
const ink = (page: Page): Promise<number> =>
  page.locator(PAPER).evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    return data.reduce((sum, value, i) => (i % 4 === 0 ? sum + 255 - value : sum), 0) / (data.length / 4);
  });
/** While it is drawn, a stroke is painted piece by piece, and soon after as a whole: pieces overlap, which is a little darker. */
const SEAMS = 0.2;
const expectInk = (page: Page, amount: number): Promise<void> => expect.poll(async () => Math.abs((await ink(page)) - amount)).toBeLessThan(SEAMS);

/** How far from grey the translation is, at a place given in parts of it. */
async function colourAt(page: Page, across: number, down: number): Promise<number> {
  const data = await pixels(page, AFTER);
  const side = Math.sqrt(data.length / 4);
  const at = 4 * (Math.round(down * side) * side + Math.round(across * side));
  const colour = data.slice(at, at + 3);
  return Math.max(...colour) - Math.min(...colour);
}

it('translates while somebody draws; strokes are taken back and rubbed out; a reload brings the drawing back', async () => {
  const { page, errors, close } = await studio.open({ on: simd });
  await translated(page);
  await page.getByRole('button', { name: 'Draw', exact: true }).click();
  await page.locator(PAPER).waitFor();
  await page.getByText('Here comes what you draw, translated.').waitFor();
  expect(await ink(page)).toBe(0);

  await drawLines(page, [0.2, 0.2], [0.8, 0.2], [0.8, 0.8], [0.2, 0.8], [0.2, 0.2]);
  const square = await ink(page);
  // Four sides of 0.6 in a width of 8 of 256 pixels.
  expect(Math.abs(square / 255 - (4 * 0.6 * 8) / 256)).toBeLessThan(0.01);
  // What is inside has a colour, what is outside has not.
  await expect.poll(() => colourAt(page, 0.5, 0.5)).toBeGreaterThan(80);
  await expect.poll(() => colourAt(page, 0.06, 0.06)).toBeLessThan(40);
  await shoot(page, 'draw');
  const { violations } = await new AxeBuilder({ page }).include('.stage').analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);

  await drawLines(page, [0.3, 0.3], [0.7, 0.7]);
  expect(await ink(page)).toBeGreaterThan(square);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expectInk(page, square);
  await page.getByRole('button', { name: 'Eraser' }).click();
  await drawLines(page, [0.1, 0.2], [0.9, 0.2]);
  expect(await ink(page)).toBeLessThan(square * 0.9);
  await page.keyboard.press('Control+z');
  await expectInk(page, square);

  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('img', { name: 'Drawing, before' }).waitFor();
  await translated(page);
  await page.waitForTimeout(1000);
  const drawn = await pixels(page, AFTER);
  await page.reload();
  await page.getByRole('img', { name: 'Drawing, before' }).waitFor();
  await translated(page);
  await expect.poll(async () => difference(await pixels(page, AFTER), drawn)).toBe(0);
  // Drawn on where it was left.
  await page.getByRole('button', { name: 'Draw', exact: true }).click();
  await expectInk(page, square);
  await page.getByRole('button', { name: 'Empty sheet' }).click();
  await expect.poll(() => ink(page)).toBe(0);
  expect(errors).toEqual([]);
  await close();
});

it('translates the first stroke while the pen is still on the paper, and takes back an emptied sheet', async () => {
  const { page, close } = await studio.open({ on: simd });
  await translated(page);
  await page.getByRole('button', { name: 'Draw', exact: true }).click();
  await page.getByText('Here comes what you draw, translated.').waitFor();
  expect(await page.getByRole('button', { name: 'Save …' }).isDisabled()).toBe(true);
  const { x, y, width, height } = (await page.locator(PAPER).boundingBox())!;
  await page.mouse.move(x + 0.2 * width, y + 0.2 * height);
  await page.mouse.down();
  for (const [across, down] of [[0.8, 0.2], [0.8, 0.8], [0.2, 0.8], [0.2, 0.2]] as const) await page.mouse.move(x + across * width, y + down * height, { steps: 5 });
  await page.locator(AFTER).waitFor();
  await expect.poll(() => colourAt(page, 0.5, 0.5)).toBeGreaterThan(80);
  await page.mouse.up();
  const square = await ink(page);
  await page.getByRole('button', { name: 'Empty sheet' }).click();
  await expect.poll(() => ink(page)).toBe(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expectInk(page, square);
  await page.keyboard.press('Control+Shift+z');
  await expect.poll(() => ink(page)).toBe(0);
  await close();
});

it('keeps the last stroke when "Done" comes before the page was painted again', async () => {
  const { page, close } = await studio.open({ on: simd, permissions: ['clipboard-read', 'clipboard-write'] });
  await translated(page);
  await page.getByRole('button', { name: 'Draw', exact: true }).click();
  const { x, y, width, height } = (await page.locator(PAPER).boundingBox())!;
  await page.mouse.move(x + 0.2 * width, y + 0.2 * height);
  await page.mouse.down();
  await page.mouse.move(x + 0.8 * width, y + 0.8 * height, { steps: 5 });
  // What was drawn until here has been kept already.
  await page.getByText('Here comes what you draw, translated.').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Done' }).evaluate((done: HTMLButtonElement, paper) => {
    document.querySelector(paper)!.dispatchEvent(new PointerEvent('pointerup', { bubbles: true, isPrimary: true }));
    done.click();
  }, PAPER);
  await page.getByRole('img', { name: 'Drawing, before' }).waitFor();
  await page.mouse.up();
  await page.getByRole('button', { name: 'Copy link' }).click();
  await page.getByText('Link copied.', { exact: true }).waitFor();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  await close();
  const other = await studio.open({ hash: new URL(link).hash.slice(1) });
  await other.page.getByRole('img', { name: 'Drawing, before' }).waitFor({ timeout: 20_000 });
  await other.page.getByRole('button', { name: 'Draw', exact: true }).click();
  // A line of 0.6 * sqrt(2) of the side with round ends, 8 of 256 pixels wide.
  await expect.poll(async () => Math.abs((await ink(other.page)) / 255 - (0.6 * Math.SQRT2 * 256 * 8 + Math.PI * 16) / 256 ** 2)).toBeLessThan(0.002);
  await other.close();
});

it('leaves a dot where a finger taps, on a phone', async () => {
  const { page, close } = await studio.open({ on: simd, viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await translated(page);
  await page.getByRole('button', { name: 'Draw', exact: true }).click();
  await page.locator(PAPER).tap();
  await expect.poll(() => ink(page)).toBeGreaterThan(0);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  const [paper, after] = await Promise.all([PAPER, AFTER].map((selector) => page.locator(selector).boundingBox()));
  expect(Math.abs(paper!.width - after!.width)).toBeLessThan(3);
  // Both are seen at once.
  await expect.poll(async () => ((await page.locator(AFTER).boundingBox())?.y ?? 844) + after!.height).toBeLessThan(844);
  await shoot(page, 'draw-phone');
  await close();
});

it('puts a drawing into the link that is copied: another browser shows the same', async () => {
  const { page, close } = await studio.open({ on: simd, permissions: ['clipboard-read', 'clipboard-write'] });
  await translated(page);
  await page.getByRole('button', { name: 'Draw', exact: true }).click();
  await drawLines(page, [0.25, 0.25], [0.75, 0.3], [0.6, 0.8], [0.25, 0.25]);
  await expect.poll(() => colourAt(page, 0.5, 0.45)).toBeGreaterThan(60);
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('img', { name: 'Drawing, before' }).waitFor();
  await translated(page);
  await page.getByRole('button', { name: 'Copy link' }).click();
  await page.getByText('Link copied.', { exact: true }).waitFor();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  // Four corners: their link is short.
  expect(link).toContain('drawing=');
  expect(link.length).toBeLessThan(400);
  const before = await pixels(page, '.pair figure:first-of-type canvas');
  await close();
  const other = await studio.open({ hash: new URL(link).hash.slice(1) });
  await other.page.getByRole('img', { name: 'Drawing, before' }).waitFor();
  await translated(other.page);
  await expect.poll(async () => difference(await pixels(other.page, '.pair figure:first-of-type canvas'), before)).toBeLessThan(0.5);
  // Opened again, it is the same drawing, and no second one.
  await other.page.goto(link);
  await other.page.reload();
  await other.page.getByRole('img', { name: 'Drawing, before' }).waitFor();
  expect(await other.page.getByRole('list', { name: 'Images to translate' }).getByRole('button', { name: /^Drawing/ }).count()).toBe(1);
  await other.close();
  const broken = await studio.open({ hash: 'model=none&drawing=nonsense' });
  await broken.page.getByText('The drawing in the link cannot be read: another image is shown.').waitFor();
  await broken.close();
});
