/** Many large photographs: one at a time is decoded, and their thumbnails are made once. `MUNIT_PHOTOS=60` tries more than are quick. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { simd } from './support/devices.js';
import { held } from './support/processes.js';
import { stored } from './support/stored.js';
import { useStudio } from './support/studio.js';

const studio = useStudio();
const COUNT = Number(process.env['MUNIT_PHOTOS'] ?? 8);

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'munit-photos-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.skipIf(process.platform !== 'linux')('takes photographs of 24 megapixels in less than 1 GB, and far less when it is opened again', async () => {
  const noise = await sharp({ create: { width: 750, height: 500, channels: 3, background: '#808080', noise: { type: 'gaussian', mean: 128, sigma: 40 } } }).png().toBuffer();
  const photo = await sharp(noise).resize(6000, 4000).jpeg({ quality: 90 }).toBuffer();
  const files = Array.from({ length: COUNT }, (_, i) => join(folder, `photo ${i + 1}.jpg`));
  for (const path of files) writeFileSync(path, photo);
  const { page, close } = await studio.open({ on: simd });
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: 'Add images' }).click()]);
  await chooser.setFiles(files);
  await page.getByText(`${COUNT} images were added.`).waitFor({ timeout: 400_000 });
  const thumbs = page.getByRole('list', { name: 'Images to translate' }).locator('canvas[width="144"]');
  await expect.poll(() => thumbs.count()).toBe(COUNT);
  const adding = await held(page);
  await expect.poll(() => stored(page), { timeout: 300_000 }).toBe(COUNT);
  await page.reload();
  await expect.poll(() => thumbs.count()).toBe(COUNT);
  await page.getByRole('img', { name: 'photo 1.jpg, before' }).waitFor();
  const again = await held(page);
  console.log(`${COUNT} photographs of 24 megapixels: at most ${adding.peak.toFixed(0)} MB while they were added, ${again.peak.toFixed(0)} MB after a reload`);
  expect([adding.peak < 1000, again.peak < 1000]).toEqual([true, true]);
  await close();
}, 900_000);
