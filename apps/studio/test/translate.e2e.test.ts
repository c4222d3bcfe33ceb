/** Translating, on the CPU that every browser has. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { AFTER, difference, pixels, shoot, slide, translated, useStudio } from './support/studio.js';

const studio = useStudio();

it('translates a sample as soon as it is open, in every style of the grid, and says what it computes on', async () => {
  const { page, errors, close } = await studio.open();
  await translated(page);
  await page.locator('.tile[data-fresh="true"]').nth(11).waitFor();
  await shoot(page, 'translate');
  // The outline is black on white; its translation has colour.
  const before = await pixels(page, '.pair figure:first-of-type canvas');
  const after = await pixels(page, AFTER);
  const colour = (data: number[]): number => Math.max(...data.map((value, i) => (i % 4 === 0 ? Math.abs(value - data[i + 1]!) : 0)));
  expect([colour(before) < 8, colour(after) > 60]).toEqual([true, true]);

  const tiles = await Promise.all([0, 1, 2].map((i) => pixels(page, `.tiles .tile:nth-child(${i + 1}) canvas`)));
  expect(difference(tiles[0]!, after)).toBe(0);
  expect(difference(tiles[1]!, tiles[0]!)).toBeGreaterThan(2);

  await page.getByRole('button', { name: 'Style 3', exact: true }).click();
  await expect.poll(async () => difference(await pixels(page, AFTER), tiles[2]!)).toBe(0);
  // Of a file its first bytes say what it is.
  for (const [type, magic] of [['PNG', 'PNG'], ['WebP', 'WEBP']] as const) {
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: type, exact: true }).click()]);
    expect(download.suggestedFilename()).toBe(`outline-1-munit.${type.toLowerCase()}`);
    expect(readFileSync(await download.path(), 'latin1').slice(0, 16)).toContain(magic);
  }

  await page.getByRole('button', { name: /^CPU/ }).click();
  const device = page.getByRole('dialog', { name: 'Device' });
  await expect.poll(() => device.textContent()).toMatch(/No GPU: .*MB, \d+ tensors/s);
  expect(await device.textContent()).toContain('once per picture (1 so far)');
  await shoot(page, 'device');
  expect(errors).toEqual([]);
  await close();
});

it('goes the other way, follows sliders, keeps locked numbers, and a link brings the very same pixels back', async () => {
  const { page, close } = await studio.open({ hash: 'device=simd' });
  await translated(page);
  const first = await pixels(page, AFTER);
  await slide(page, 's1', 2.5);
  await expect.poll(async () => difference(await pixels(page, AFTER), first)).toBeGreaterThan(0.2);
  await page.getByRole('button', { name: 'Lock s1' }).click();
  await page.getByRole('button', { name: 'Random', exact: true }).click();
  expect(await page.getByRole('slider', { name: 's1', exact: true }).inputValue()).toBe('2.5');
  await page.getByRole('button', { name: 'Reset', exact: true }).click();
  expect(await page.getByRole('slider', { name: 's2', exact: true }).inputValue()).toBe('0');
  expect(await page.getByRole('slider', { name: 's1', exact: true }).inputValue()).toBe('2.5');
  await page.getByRole('button', { name: /^Swap: / }).click();
  await page.getByRole('button', { name: 'Coloured shape 2', exact: true }).click();
  await slide(page, 's4', -1.25);
  await page.waitForTimeout(400);
  await translated(page);
  const shared = await pixels(page, AFTER);
  const hash = new URL(page.url()).hash.slice(1);
  await close();

  const other = await studio.open({ hash });
  await translated(other.page);
  expect(difference(await pixels(other.page, AFTER), shared)).toBe(0);
  await other.close();
});

it('takes the style of a picture', async () => {
  const { page, close } = await studio.open({ hash: 'device=simd' });
  await translated(page);
  const means: number[][] = [];
  // A red moon, a blue arrow.
  for (const name of ['Coloured shape 3', 'Coloured shape 5']) {
    const before = page.url();
    await page.getByRole('button', { name, exact: true }).click();
    await page.waitForFunction((old) => location.href !== old, before);
    await translated(page);
    means.push(mean(await pixels(page, AFTER)));
  }
  const [[redOfRed, , blueOfRed], [redOfBlue, , blueOfBlue]] = means as [number[], number[]];
  expect(redOfRed! - blueOfRed!).toBeGreaterThan(redOfBlue! - blueOfBlue!);
  await close();
});

it('draws several pictures in several styles; a click takes one of them', async () => {
  const { page, errors, close } = await studio.open({ hash: 'device=simd&view=grid' });
  await page.locator('.sheet .tile canvas[width="64"]').nth(19).waitFor();
  await shoot(page, 'grid');
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save as PNG' }).click()]);
  // Four pictures of 64 in five styles and as they are, with gaps of 4. // IHDR: width, height
  const header = readFileSync(await download.path()).subarray(16, 24);
  expect([header.readUInt32BE(0), header.readUInt32BE(4)]).toEqual([6 * 68 - 4, 4 * 68 - 4]);

  const cell = page.getByRole('button', { name: 'Outline 3 in style 4' });
  const wanted = await cell.locator('canvas').evaluate((canvas: HTMLCanvasElement) => [...canvas.getContext('2d')!.getImageData(0, 0, 64, 64).data]);
  await cell.click();
  await page.getByRole('img', { name: 'Outline 3, before' }).waitFor();
  await expect.poll(async () => difference(await pixels(page, AFTER), wanted)).toBe(0);
  expect(errors).toEqual([]);
  await close();
});

it('uses threads where the server isolates the page', async () => {
  const { page, close } = await studio.open({ hash: 'device=simd', isolate: true });
  await translated(page);
  await page.getByRole('button', { name: /^CPU/ }).click();
  await page.getByText(/^\d+ threads$/).waitFor();
  expect(await page.getByText(/^\d+ threads$/).textContent()).not.toBe('1 threads');
  await close();
});

const mean = (data: readonly number[]): number[] => [0, 1, 2].map((channel) => data.reduce((sum, x, i) => (i % 4 === channel ? sum + x : sum), 0) / (data.length / 4));
