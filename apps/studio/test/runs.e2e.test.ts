/** Training runs are kept: several of them, with their images, and how they went. */
import type { Page } from 'playwright';
import { expect, it } from 'vitest';
import { give, type GivenFile, sample } from './support/files.js';
import { translated } from './support/pictures.js';
import { useStudio } from './support/studio.js';

const studio = useStudio();
const HASH = 'view=train&device=simd&model=none';
const list = (page: Page) => page.getByRole('list', { name: 'Your runs, kept in this browser' });
const names = (page: Page): Promise<string[]> => list(page).locator('.kept-name').allTextContents();

async function settings(page: Page, steps: number): Promise<void> {
  await page.getByText('Settings', { exact: true }).click();
  for (const [label, value] of Object.entries({ Device: 'simd', Size: '16', Width: '8', Batch: '1' })) await page.getByLabel(label, { exact: true }).selectOption(value);
  await page.getByLabel('Steps', { exact: true }).fill(String(steps));
  await page.getByLabel('Steps', { exact: true }).blur();
}
const start = (page: Page): Promise<void> => page.getByRole('button', { name: 'Start training' }).click();
const finished = (page: Page, steps: number): Promise<void> => page.getByText(`Finished: ${steps} steps`).waitFor();
const pick = (page: Page, set: string, files: GivenFile[]): Promise<void> =>
  give(page, page.getByRole('group', { name: `Images of set ${set}` }).getByRole('button', { name: 'Images', exact: true }), files);

it('keeps every run: another one takes the place of none, and each is continued, renamed and deleted', async () => {
  const { page, errors, close } = await studio.open({ hash: HASH });
  await settings(page, 6);
  await start(page);
  await finished(page, 6);
  expect(await page.title()).toBe('Finished – munit studio');
  await page.getByRole('button', { name: 'Train another' }).click();
  // The settings are as they were.
  await page.getByText('Your own settings.').waitFor();
  await page.getByText('Settings', { exact: true }).click();
  await page.getByLabel('Steps', { exact: true }).fill('400');
  await page.getByLabel('Steps', { exact: true }).blur();
  await start(page);
  await page.getByText(/^Step [2-9]\d* of 400/).waitFor();
  await page.getByRole('button', { name: 'End' }).click();
  await expect.poll(() => names(page)).toEqual(['Built-in shapes 2', 'Built-in shapes']);

  await page.reload();
  await expect.poll(() => names(page)).toEqual(['Built-in shapes 2', 'Built-in shapes']);
  expect(await page.getByLabel('Steps', { exact: true }).inputValue()).toBe('400');
  await list(page).getByRole('button', { name: 'Rename Built-in shapes', exact: true }).click();
  await page.getByRole('textbox', { name: 'New name of Built-in shapes' }).fill('first');
  await page.keyboard.press('Enter');
  await expect.poll(() => names(page)).toEqual(['Built-in shapes 2', 'first']);
  // A finished one is opened, with its samples and losses, and used.
  await list(page).getByRole('listitem').filter({ hasText: 'first' }).getByRole('button', { name: 'Open' }).click();
  await finished(page, 6);
  expect(await page.getByRole('slider', { name: 'Moment of the run' }).getAttribute('aria-valuetext')).toBe('Step 6');
  expect(Number(await page.locator('.train-curve .numbers').first().textContent())).toBeGreaterThan(0);
  await page.getByRole('button', { name: 'Use it now' }).click();
  await translated(page);
  expect(errors).toEqual([]);
  await close();
});

it('continues a run on images by itself, after a closed tab; and one tab at a time has it', async () => {
  const { page, close } = await studio.open({ hash: HASH });
  await page.getByRole('radio', { name: 'Your images' }).check();
  await pick(page, 'A', [sample('a0.png'), sample('a1.png')]);
  await pick(page, 'A', [sample('a2.png'), sample('a1.png')]);
  // A second drop adds, and an image counts once.
  await page.getByRole('group', { name: 'Images of set A' }).getByText('3 images').waitFor();
  await pick(page, 'B', [sample('b0.png'), sample('b1.png')]);
  await page.getByLabel('Name of set A').fill('Drawings');
  await page.getByLabel('Name of set B').fill('Toys');
  await settings(page, 300);
  await start(page);
  await page.getByText(/^Step [3-9]\d* of 300/).waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByText(/of 300, paused/).waitFor();
  await page.waitForTimeout(500);

  const other = await page.context().newPage();
  await other.goto(page.url());
  await list(other).getByRole('button', { name: 'Continue' }).click();
  await other.getByText('Drawings and Toys is open in another tab').waitFor();
  await page.close();
  await expect
    .poll(async () => {
      await list(other).getByRole('button', { name: 'Continue' }).click({ timeout: 1000 }).catch(() => undefined);
      // Only a run that is open can be ended; the list, too, says at which step a run is.
      return other.getByRole('button', { name: 'End' }).count();
    })
    .toBe(1);
  await other.getByRole('radio', { name: 'Toys → Drawings' }).check();
  await other.getByRole('button', { name: 'End' }).click();
  // The sets are not there after a reload, and the run does not need them.
  await list(other).getByText('Drawings and Toys').waitFor();
  await other.getByRole('button', { name: /: device, memory and speed$/ }).click();
  const dialog = other.getByRole('dialog', { name: 'Device' });
  await dialog.getByText(/^1 training run, /).waitFor();
  await dialog.getByRole('button', { name: 'Forget the runs' }).click();
  await dialog.getByRole('button', { name: 'Forget', exact: true }).click();
  await dialog.getByText('Forgotten.').waitFor();
  expect(await dialog.getByText(/training run/).count()).toBe(0);
  await other.keyboard.press('Escape');
  await expect.poll(() => list(other).count()).toBe(0);
  await close();
});
