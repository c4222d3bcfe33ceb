/** Ways back: undo and redo, back and forward. */
import type { Page } from 'playwright';
import { expect, it } from 'vitest';
import { simd } from './support/devices.js';
import { give, sample } from './support/files.js';
import { slide, translated } from './support/pictures.js';
import { useStudio } from './support/studio.js';

const studio = useStudio();
const s1 = (page: Page): Promise<string> => page.getByRole('slider', { name: 's1', exact: true }).inputValue();
const step = (page: Page): Promise<void> => page.waitForTimeout(600);

it('undoes and redoes styles, the choice of an image and its removal', async () => {
  const { page, close } = await studio.open({ on: simd });
  await translated(page);
  await step(page);
  const first = await s1(page);
  await slide(page, 's1', 2.5);
  await step(page);
  await page.getByRole('button', { name: 'Random', exact: true }).click();
  await step(page);
  const random = await s1(page);
  await page.getByRole('button', { name: 'Undo' }).click();
  expect(await s1(page)).toBe('2.5');
  await page.keyboard.press('Control+z');
  expect(await s1(page)).toBe(first);
  expect(await page.getByRole('button', { name: 'Undo' }).isDisabled()).toBe(true);
  await page.keyboard.press('Control+Shift+z');
  await page.getByRole('button', { name: 'Redo' }).click();
  expect(await s1(page)).toBe(random);

  await give(page, page.getByRole('button', { name: 'Add images' }), [sample('b2.png')]);
  await page.getByRole('img', { name: 'b2.png, before' }).waitFor();
  await page.waitForTimeout(1200);
  await page.getByRole('button', { name: 'Remove b2.png' }).click();
  await page.getByRole('img', { name: 'Outline 1, before' }).waitFor();
  // It is taken out of the store, and comes back from there too.
  await page.waitForTimeout(1200);
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('img', { name: 'b2.png, before' }).waitFor();
  await page.waitForTimeout(1200);
  await page.reload();
  await page.getByRole('img', { name: 'b2.png, before' }).waitFor();
  await close();
});

it('goes back and forward in the browser between views, images and models', async () => {
  const { page, close } = await studio.open({ on: simd });
  await translated(page);
  await page.waitForTimeout(600);
  const length = await page.evaluate(() => history.length);
  await page.getByRole('button', { name: 'Outline 3', exact: true }).click();
  await page.getByRole('img', { name: 'Outline 3, before' }).waitFor();
  await slide(page, 's1', 1);
  await slide(page, 's1', -1);
  await page.waitForTimeout(600);
  await page.getByRole('tab', { name: 'Grid' }).click();
  // The browser steps over styles.
  expect(await page.evaluate(() => history.length)).toBe(length + 2);
  await page.goBack();
  await page.getByRole('tabpanel', { name: 'Translate' }).waitFor();
  await page.goBack();
  await page.getByRole('img', { name: 'Outline 1, before' }).waitFor();
  await page.goForward();
  await page.getByRole('img', { name: 'Outline 3, before' }).waitFor();
  expect(await s1(page)).toBe('-1');
  await page.goForward();
  await page.getByRole('tabpanel', { name: 'Grid' }).waitFor();
  expect(await page.evaluate(() => history.length)).toBe(length + 2);
  await close();
});
