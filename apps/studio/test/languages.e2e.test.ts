/** The studio in its other languages: chosen, kept, and nothing of the work lost. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright';
import { expect, it } from 'vitest';
import { chinese } from '../src/words/chinese/table.js';
import { english } from '../src/words/english/table.js';
import { german } from '../src/words/german/table.js';
import type { Words } from '../src/words/types.js';
import { simd } from './support/devices.js';
import { give, sample } from './support/files.js';
import { AFTER, difference, pixels, shoot, slide, translated } from './support/pictures.js';
import { useStudio } from './support/studio.js';

const studio = useStudio();
const views = ['translate', 'morph', 'grid', 'live', 'compare', 'evaluate', 'train'] as const;
const languages = [
  { name: 'German', locale: 'de-AT', tag: 'de', words: german },
  { name: 'Chinese', locale: 'zh-CN', tag: 'zh-Hans', words: chinese },
] as const;

const languageOf = (page: Page): Promise<string | null> => page.locator('html').getAttribute('lang');
const choose = (page: Page, words: Words, id: string): Promise<unknown> => page.getByRole('combobox', { name: words.page.language, exact: true }).selectOption(id);
const tab = (page: Page, words: Words, view: (typeof views)[number]) => page.getByRole('tab', { name: words.page.view[view], exact: true });

it('keeps the work when the language changes, and the language over a reload', async () => {
  const { page, errors, close } = await studio.open({ on: simd });
  await translated(page);
  expect(await languageOf(page)).toBe('en');
  await give(page, page.getByRole('button', { name: 'Add images' }), [sample('a3.png')]);
  await translated(page);
  // The image is a step of its own: undone below is the slider alone.
  await expect.poll(() => page.getByRole('button', { name: english.common.undo, exact: true }).isEnabled()).toBe(true);
  await slide(page, 's3', 1.25);
  await translated(page);
  await tab(page, english, 'train').click();
  await page.getByRole('button', { name: english.setup.start }).click();
  await page.getByText(/^Step [1-9]/).first().waitFor();
  await tab(page, english, 'translate').click();
  const before = await pixels(page, AFTER);
  const address = page.url();
  await page.evaluate(() => Object.assign(globalThis, { samePage: true }));

  await choose(page, english, 'de');
  await tab(page, german, 'translate').waitFor();
  expect(await languageOf(page)).toBe('de');
  expect(await page.locator('meta[name=description]').getAttribute('content')).toBe(german.page.description);
  expect(await page.evaluate(() => (globalThis as { samePage?: boolean }).samePage)).toBe(true);
  expect(page.url()).toBe(address);
  expect(difference(await pixels(page, AFTER), before)).toBe(0);
  expect(await page.getByRole('slider', { name: 's3', exact: true }).inputValue()).toBe('1.25');
  expect(await page.locator('.side').getByRole('button', { name: 'a3.png', exact: true }).getAttribute('aria-pressed')).toBe('true');
  await expect.poll(() => page.title()).toMatch(/^\d+ % – munit studio$/);
  await tab(page, german, 'train').click();
  await page.getByText(/^Schritt [1-9]/).first().waitFor();
  await page.getByRole('button', { name: german.run.pause, exact: true }).click();
  await page.getByRole('button', { name: german.run.resume, exact: true }).waitFor();
  await page.getByText(/^Schritt \d+ von \d+, pausiert$/).waitFor();
  await page.getByRole('button', { name: german.run.end, exact: true }).click();
  await page.getByRole('button', { name: german.setup.start }).waitFor();
  await tab(page, german, 'translate').click();
  await page.getByRole('button', { name: german.common.undo, exact: true }).click();
  await expect.poll(() => page.getByRole('slider', { name: 's3', exact: true }).inputValue()).not.toBe('1.25');
  expect(await page.locator('.side').getByRole('button', { name: 'a3.png', exact: true }).count()).toBe(1);

  await choose(page, german, 'zh');
  await tab(page, chinese, 'translate').waitFor();
  await page.reload();
  await translated(page);
  expect(await languageOf(page)).toBe('zh-Hans');
  expect(await page.getByRole('combobox', { name: chinese.page.language }).inputValue()).toBe('zh');
  await page.locator('.side').getByRole('button', { name: 'a3.png', exact: true }).waitFor();
  await choose(page, chinese, 'en');
  await tab(page, english, 'translate').waitFor();
  expect(errors).toEqual([]);
  await close();
});

it('speaks the language of a link, keeps it in the address, and says what is not one', async () => {
  const { page, close } = await studio.open({ on: simd, hash: 'lang=de', locale: 'zh-CN' });
  await tab(page, german, 'translate').waitFor();
  await translated(page);
  await expect.poll(() => page.url()).toContain('lang=de');
  // The choice of the user is stronger than the link.
  await choose(page, german, 'en');
  await expect.poll(() => page.url()).not.toContain('lang=');
  await page.evaluate(() => (location.hash = 'lang=zh'));
  await tab(page, chinese, 'translate').waitFor();
  await page.evaluate(() => (location.hash = 'lang=fr'));
  await page.getByRole('alert').getByText(chinese.link.faults(chinese.link.given(chinese.link.fault.lang, 'fr'))).waitFor();
  await close();
});

it('stays in its language, and says why, when the words of another cannot be fetched', async () => {
  const { page, close } = await studio.open({ on: simd });
  await translated(page);
  await page.route(/\/table-[^/]+\.js$/, (route) => route.abort());
  await choose(page, english, 'zh');
  await page.getByRole('alert').getByText(/^The words of that language could not be fetched/).waitFor();
  expect(await languageOf(page)).toBe('en');
  expect(await page.getByRole('combobox', { name: english.page.language }).inputValue()).toBe('en');
  await close();
});

it.each(languages)('has nothing in $name that axe objects to, in any view and dialog', async ({ locale, tag, words }) => {
  const { page, errors, close } = await studio.open({ on: simd, locale });
  await translated(page);
  expect(await languageOf(page)).toBe(tag);
  const examine = async (where: string): Promise<void> => {
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${where}: ${id}: ${nodes[0]?.html}`)).toEqual([]);
  };
  for (const view of views) {
    await tab(page, words, view).click();
    await page.locator('[role=tabpanel]:not([hidden]) :is(canvas, .button)').first().waitFor();
    await examine(view);
    await shoot(page, `${tag}-${view}`);
  }
  await tab(page, words, 'translate').click();
  for (const [button, title] of [
    [words.model.change, words.model.dialog],
    [words.keys.open, words.keys.title],
    [words.image.takePhoto, words.image.takePhoto],
    [words.stage.save, words.save.title],
    [words.model.export, words.exporting.title(words.bundled.shapes.name)],
  ] as const) {
    await page.getByRole('button', { name: button, exact: true }).click();
    const dialog = page.getByRole('dialog', { name: title });
    await dialog.waitFor();
    await examine(title);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  }
  expect(errors).toEqual([]);
  await close();
});
