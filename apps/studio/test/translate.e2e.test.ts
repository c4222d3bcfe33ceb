/** Translating: images, styles, links, grids, on every device. */
import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { devices, expectDevice, simd } from './support/devices.js';
import { saved } from './support/files.js';
import { AFTER, difference, meanColour, pixels, shoot, slide, takeStyle, translated } from './support/pictures.js';
import { useStudio } from './support/studio.js';

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

  // Of a file its first bytes say what it is.
  for (const [type, ending, magic] of [['PNG', 'png', 'PNG'], ['WebP', 'webp', 'WEBP'], ['JPEG', 'jpg', 'JFIF']] as const) {
    await page.getByRole('button', { name: 'Save …' }).click();
    await page.getByRole('radio', { name: type }).check();
    const { name, path } = await saved(page, 'Save');
    expect(name).toBe(`outline-1-munit.${ending}`);
    expect(readFileSync(path, 'latin1').slice(0, 16)).toContain(magic);
  }
  // Larger than the network makes it, and beside what it was made of.
  await page.getByRole('button', { name: 'Save …' }).click();
  await page.getByRole('radio', { name: 'Before and after' }).check();
  await page.getByRole('dialog').getByRole('combobox').selectOption({ label: '512 × 512, enlarged' });
  await shoot(page, 'save');
  const { width, height } = await sharp((await saved(page, 'Save')).path).metadata();
  expect([width, height]).toEqual([2 * 512 + 8, 512]);

  await page.getByRole('button', { name: /^CPU/ }).click();
  const device = page.getByRole('dialog', { name: 'Device' });
  await expect.poll(() => device.textContent()).toMatch(/No GPU: .*MB, \d+ tensors/s);
  expect(await device.textContent()).toContain('once per image (1 so far)');
  await shoot(page, 'device');
  expect(errors).toEqual([]);
  await close();
});

it.each(devices)('draws random styles, of which a click keeps one: $device', async (on) => {
  const { page, errors, close } = await studio.open({ on });
  await translated(page);
  await expectDevice(page, on);
  await page.locator('.tile[data-fresh="true"]').nth(11).waitFor();
  const after = await pixels(page, AFTER);
  const tiles = await Promise.all([0, 1, 2].map((i) => pixels(page, `.tiles .tile:nth-child(${i + 1}) canvas`)));
  expect(difference(tiles[0]!, after)).toBe(0);
  expect(difference(tiles[1]!, tiles[0]!)).toBeGreaterThan(2);
  await page.getByRole('button', { name: 'Style 3', exact: true }).click();
  await expect.poll(async () => difference(await pixels(page, AFTER), tiles[2]!)).toBe(0);
  expect(errors).toEqual([]);
  await close();
});

it.each(devices)('goes the other way, follows sliders, keeps locked numbers, and a link brings the very same pixels back: $device', async (on) => {
  const { page, close } = await studio.open({ on });
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
  await page.getByRole('img', { name: 'Coloured shape 2, before' }).waitFor();
  await slide(page, 's4', -1.25);
  await page.waitForFunction(() => location.href.includes('-1.25'));
  await translated(page);
  const shared = await pixels(page, AFTER);
  const hash = new URL(page.url()).hash.slice(1);
  await close();

  const other = await studio.open({ hash });
  await translated(other.page);
  await expectDevice(other.page, on);
  expect(difference(await pixels(other.page, AFTER), shared)).toBe(0);
  await other.close();
});

it.each(devices)('takes the style of an image: $device', async (on) => {
  const { page, close } = await studio.open({ on });
  await translated(page);
  const means: number[][] = [];
  // A red moon, a blue arrow.
  for (const name of ['Coloured shape 3', 'Coloured shape 5']) {
    await takeStyle(page, name);
    means.push(meanColour(await pixels(page, AFTER)));
  }
  const [[redOfRed, , blueOfRed], [redOfBlue, , blueOfBlue]] = means as [number[], number[]];
  expect(redOfRed! - blueOfRed!).toBeGreaterThan(redOfBlue! - blueOfBlue!);
  await close();
});

it.each(devices)('draws several images in several styles; a click takes one of them: $device', async (on) => {
  const { page, errors, close } = await studio.open({ on, hash: 'view=grid' });
  await page.locator(`.sheet .tile canvas[width="${on.side}"]`).nth(19).waitFor();
  await shoot(page, `grid-${on.device}`);
  const { path } = await saved(page, 'Save as PNG');
  // Four images in five styles and as they are, with gaps of 4. // IHDR: width, height
  const header = readFileSync(path).subarray(16, 24);
  const cell = on.side + 4;
  expect([header.readUInt32BE(0), header.readUInt32BE(4)]).toEqual([6 * cell - 4, 4 * cell - 4]);

  const chosen = page.getByRole('button', { name: 'Outline 3 in style 4' });
  const wanted = await chosen.locator('canvas').evaluate((canvas: HTMLCanvasElement) => [...canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data]);
  await chosen.click();
  await page.getByRole('img', { name: 'Outline 3, before' }).waitFor();
  await expect.poll(async () => difference(await pixels(page, AFTER), wanted)).toBe(0);
  expect(errors).toEqual([]);
  await close();
});

it('uses threads where the server isolates the page', async () => {
  const { page, close } = await studio.open({ on: simd, isolate: true });
  await translated(page);
  await page.getByRole('button', { name: /^CPU/ }).click();
  await page.getByText(/^\d+ threads$/).waitFor();
  expect(await page.getByText(/^\d+ threads$/).textContent()).not.toBe('1 threads');
  await close();
});
