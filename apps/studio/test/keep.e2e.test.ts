/** What the browser keeps of its user's own from one visit to the next. */
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright';
import { expect, it } from 'vitest';
import { simd } from './support/devices.js';
import { give, sample } from './support/files.js';
import { AFTER, difference, pixels, translated } from './support/pictures.js';
import { useStudio } from './support/studio.js';

const studio = useStudio();
const shapes = fileURLToPath(new URL('../public/models/shapes', import.meta.url));

const pictures = (page: Page): Promise<(string | null)[]> => page.getByRole('list', { name: 'Images to translate' }).getByRole('button').evaluateAll((buttons) => buttons.map((button) => button.getAttribute('aria-label')));
const settled = (page: Page): Promise<void> => page.waitForTimeout(1000);

/** A database as WebKit's in private windows, which takes no files. */
const refuseFiles = (page: Page): Promise<unknown> =>
  page.addInitScript(() => {
    const { put } = IDBObjectStore.prototype;
    const holdsFile = (value: unknown): boolean => value instanceof Blob || (typeof value === 'object' && value !== null && Object.values(value).some(holdsFile));
    IDBObjectStore.prototype.put = function (this: IDBObjectStore, value: unknown, key?: IDBValidKey) {
      if (holdsFile(value)) throw new DOMException('Error preparing Blob/File data to be stored in object store', 'UnknownError');
      return put.call(this, value, key);
    };
  });

it('keeps images, their order and a model; and forgets them when asked to', async () => {
  const { page, errors, close } = await studio.open({ on: simd });
  await refuseFiles(page);
  await page.reload();
  await translated(page);
  await give(page, page.getByRole('button', { name: 'Add images' }), [sample('b3.png'), sample('b1.png'), sample('b0.png')]);
  await page.getByRole('img', { name: 'b3.png, before' }).waitFor();
  expect((await pictures(page)).slice(0, 4)).toEqual(['b3.png', 'b1.png', 'b0.png', 'Outline 1']);
  await page.getByRole('button', { name: 'b1.png', exact: true }).first().click();
  await page.getByRole('button', { name: 'Remove b1.png' }).click();
  await page.getByRole('list', { name: 'Images to translate' }).getByRole('button', { name: 'b0.png' }).click();
  await page.getByRole('img', { name: 'b0.png, before' }).waitFor();
  // One's own image stays when the direction is turned.
  await page.getByRole('button', { name: /^Swap: / }).click();
  await page.getByText('colours', { exact: true }).first().waitFor();
  await page.getByRole('button', { name: 'Change …' }).click();
  await give(page, page.getByRole('button', { name: 'Pick a folder' }), shapes);
  await expect.poll(() => page.url()).toMatch(/model=file:shapes~\w+&image=file:b0.png~\w+&to=a/);
  await translated(page);
  const before = await pixels(page, AFTER);
  await settled(page);

  await page.reload();
  await translated(page);
  await page.getByRole('img', { name: 'b0.png, before' }).waitFor();
  expect(await page.locator('.model-name strong').textContent()).toBe('shapes');
  expect((await pictures(page)).slice(0, 2)).toEqual(['b3.png', 'b0.png']);
  await expect.poll(async () => difference(await pixels(page, AFTER), before)).toBe(0);
  await page.getByRole('button', { name: 'Change …' }).click();
  await page.getByRole('list', { name: 'Your models, kept in this browser' }).getByText('shapes', { exact: true }).waitFor();
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: /^CPU/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Device' });
  await expect.poll(() => dialog.textContent()).toMatch(/2 images, \d+ kB.*1 model, 2\.5 MB.*1 downloaded model/);
  await dialog.getByRole('button', { name: 'Forget everything' }).click();
  await dialog.getByRole('button', { name: 'Forget', exact: true }).click();
  await page.getByText('Nothing is kept for the next visit.').waitFor();
  await page.reload();
  await page.getByText('The model “shapes” is not on this machine, or no longer kept: choose it under Model.').waitFor();
  await page.getByText('The image “b0.png” is not on this machine, or no longer kept: choose one of yours.').waitFor();
  expect(errors).toEqual([]);
  await close();
});

it('says once that it keeps nothing where the browser has no room', async () => {
  const { page, close } = await studio.open({ on: simd, hash: 'model=none' });
  const session = await page.context().newCDPSession(page);
  await session.send('Storage.overrideQuotaForOrigin', { origin: new URL(page.url()).origin, quotaSize: 1000 });
  await give(page, page.getByRole('button', { name: 'Add images' }), [sample('a0.png'), sample('a1.png')]);
  await page.getByText('This browser cannot keep your images and models because its storage is full: a reload forgets them.').waitFor();
  await page.reload();
  await page.getByRole('button', { name: 'Drawing 1', exact: true }).first().waitFor();
  expect((await pictures(page))[0]).toBe('Drawing 1');
  await close();
});
