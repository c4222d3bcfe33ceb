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
