/** For everybody: axe, keys, phones, dark. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, it } from 'vitest';
import { simd, webgpu } from './support/devices.js';
import { shoot, translated } from './support/pictures.js';
import { useStudio } from './support/studio.js';

const studio = useStudio();

it.each([
  { name: 'light', on: simd, views: ['Translate', 'Morph', 'Grid', 'Live', 'Compare'], rules: undefined, options: {} },
  { name: 'dark', on: webgpu, views: ['Translate'], rules: ['color-contrast'], options: { colorScheme: 'dark' as const } },
  { name: 'phone', on: simd, views: ['Translate', 'Morph', 'Grid'], rules: ['target-size'], options: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } },
])('has nothing that axe objects to, and nothing wider than the page: $name', async ({ name, on, views, rules, options }) => {
  const { page, close } = await studio.open({ ...options, on });
  await translated(page);
  for (const view of views) {
    await page.getByRole('tab', { name: view }).click();
    await page.locator('[role=tabpanel]:not([hidden]) :is(canvas, .button)').first().waitFor();
    const axe = new AxeBuilder({ page });
    const { violations } = await (rules === undefined ? axe : axe.withRules(rules)).analyze();
    expect(violations.map(({ id, nodes }) => `${view}: ${id}: ${nodes[0]?.html}`)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBeLessThanOrEqual(0);
    await shoot(page, `${name}-${view.toLowerCase()}`);
  }
  await close();
});

it('has dialogs that axe does not object to', async () => {
  const { page, close } = await studio.open({ on: simd });
  await translated(page);
  for (const [button, title] of [['Change …', 'Choose a model'], [/: device, memory and speed$/, 'Device'], ['Take a photo', 'Take a photo']] as const) {
    await page.getByRole('button', { name: button }).click();
    const dialog = page.getByRole('dialog', { name: title });
    await dialog.waitFor();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${title}: ${id}: ${nodes[0]?.html}`)).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  }
  await close();
});

it('is used by keys alone', async () => {
  const { page, close } = await studio.open({ on: simd });
  await translated(page);
  await page.getByRole('tab', { name: 'Translate' }).focus();
  await page.keyboard.press('ArrowRight');
  expect(await page.getByRole('tabpanel', { name: 'Morph' }).isVisible()).toBe(true);
  await page.keyboard.press('Home');
  await page.getByRole('radio', { name: 'Slider' }).check();
  const divider = page.getByRole('slider', { name: 'Divider between before and after' });
  await divider.focus();
  await page.keyboard.press('End');
  expect(await divider.getAttribute('aria-valuetext')).toBe('100 % before');
  await page.getByRole('button', { name: 'Change …' }).press('Enter');
  await page.getByRole('dialog', { name: 'Choose a model' }).waitFor();
  await page.keyboard.press('Escape');
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Change …');
  await close();
});

it('has a link past the head, one Tab stop for each group, single keys that can be switched off, and sliders that are named', async () => {
  const { page, errors, close } = await studio.open({ on: simd });
  await translated(page);
  await page.locator('.tile[data-fresh="true"]').nth(11).waitFor();
  const focused = (): Promise<string | null> => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.id ?? null);
  await page.keyboard.press('Tab');
  await page.getByRole('link', { name: 'Skip to the Translate view' }).press('Enter');
  expect(await focused()).toBe('panel-translate');

  const tiles = page.getByRole('group', { name: /^Random styles/ }).getByRole('button');
  const stops = (): Promise<number> => tiles.evaluateAll((all) => (all as HTMLElement[]).filter(({ tabIndex }) => tabIndex === 0).length);
  expect(await stops()).toBe(1);
  await tiles.first().focus();
  await page.keyboard.press('ArrowRight');
  expect(await focused()).toBe('Style 2');
  // Six in a row.
  await page.keyboard.press('ArrowDown');
  expect(await focused()).toBe('Style 8');
  await page.keyboard.press('Home');
  expect(await focused()).toBe('Style 1');
  expect(await stops()).toBe(1);

  const style = (): string | null => new URLSearchParams(new URL(page.url()).hash.slice(1)).get('style');
  const before = style();
  await page.keyboard.press('r');
  await expect.poll(style).not.toBe(before);
  await page.keyboard.press('4');
  expect(await page.getByRole('tabpanel', { name: 'Live' }).isVisible()).toBe(true);
  await page.keyboard.press('1');
  await page.keyboard.press('?');
  const dialog = page.getByRole('dialog', { name: 'Keyboard' });
  await dialog.waitFor();
  const { violations } = await new AxeBuilder({ page }).include('dialog[open]').analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  await dialog.getByRole('checkbox', { name: 'Single keys do things' }).uncheck();
  await page.keyboard.press('Escape');
  const kept = style();
  await page.keyboard.press('r');
  await page.waitForTimeout(500);
  expect(style()).toBe(kept);

  await page.getByRole('button', { name: 'Name the sliders' }).click();
  await page.getByRole('textbox', { name: 'Name of s2' }).fill('colour');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Done with the names' }).click();
  await page.getByRole('slider', { name: 'colour', exact: true }).waitFor();
  await page.reload();
  await translated(page);
  await page.getByRole('slider', { name: 'colour', exact: true }).waitFor();
  expect(errors).toEqual([]);
  await close();
});
