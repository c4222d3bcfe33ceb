/** The page holds at every width, with any name, in forced colours and under fingers. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { zipSync } from 'fflate';
import { Buffer } from 'node:buffer';
import type { Page } from 'playwright';
import { expect, it } from 'vitest';
import { chinese } from '../src/words/chinese/table.js';
import { english } from '../src/words/english/table.js';
import { german } from '../src/words/german/table.js';
import { simd } from './support/devices.js';
import { file, give, sample } from './support/files.js';
import { shoot, translated } from './support/pictures.js';
import { useStudio } from './support/studio.js';

const studio = useStudio();
const shapes = fileURLToPath(new URL('../public/models/shapes/', import.meta.url));
const LONG = 'a_very_long_name_of_a_model_that_has_no_place_to_break_munit_edges2handbags_folder_experiment_0042';
const WIDTHS = [320, 390, 640, 900, 1200, 1240, 1280, 1440, 2560];

/** How far the page can be scrolled to the side, px. */
const overflow = (page: Page): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Controls of the bar below the images that lie on each other; what is shown while a translation takes its time covers the speed, and is meant to. */
const collisions = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const parts = [...document.querySelectorAll('.stage-bar > .segmented, .stage-bar button:not(.busy *), .stage-bar .speed')].map((element) => ({ text: element.textContent, box: element.getBoundingClientRect() })).filter(({ box }) => box.width > 0);
    return parts.flatMap((p, i) => parts.slice(i + 1).filter((q) => Math.min(p.box.right, q.box.right) - Math.max(p.box.left, q.box.left) > 1 && Math.min(p.box.bottom, q.box.bottom) - Math.max(p.box.top, q.box.top) > 1).map((q) => `${p.text} / ${q.text}`));
  });

/** How far the middles of elements are apart from top to bottom, px. */
const spread = (page: Page, selector: string): Promise<number> =>
  page.locator(selector).evaluateAll((all) => {
    const middles = all.map((element) => element.getBoundingClientRect()).map(({ top, bottom }) => (top + bottom) / 2);
    return Math.max(...middles) - Math.min(...middles);
  });

it.each([
  { name: 'English', locale: 'en-US', words: english },
  { name: 'German', locale: 'de-DE', words: german },
  { name: 'Chinese', locale: 'zh-CN', words: chinese },
])('holds from 320 to 2560 px with names that have no place to break, in $name', async ({ name, locale, words }) => {
  const { page, close } = await studio.open({ on: simd, locale });
  await translated(page);
  const about = JSON.parse(readFileSync(`${shapes}model.json`, 'utf8')) as { domains: { a: { name: string }; b: { name: string } } };
  about.domains.a.name = about.domains.b.name = LONG;
  const archive = Buffer.from(zipSync({ 'model.json': Buffer.from(JSON.stringify(about)), 'model.safetensors': readFileSync(`${shapes}model.safetensors`) }));
  await page.getByRole('button', { name: words.model.change }).click();
  await give(page, page.getByRole('button', { name: words.common.pickFile, exact: true }), [file(`${LONG}.zip`, 'application/zip', archive)]);
  await expect.poll(() => page.locator('.model-name strong').textContent()).toBe(LONG);
  await give(page, page.getByRole('button', { name: words.image.addImages }), [{ ...sample('a1.png'), name: `${LONG}.png` }]);
  await translated(page);
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    expect([width, await overflow(page), await collisions(page)]).toEqual([width, 0, []]);
    const outside = await page.evaluate(() => [...document.querySelectorAll('.panel')].filter((panel) => [...panel.querySelectorAll('strong, .small, figcaption, figure, .direction span')].some((child) => child.getBoundingClientRect().right > panel.getBoundingClientRect().right + 1 && getComputedStyle(child).position !== 'absolute')).map((panel) => panel.textContent.slice(0, 60)));
    expect([width, outside]).toEqual([width, []]);
    await page.getByRole('button', { name: words.model.change }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: words.kept.remove(LONG) }).waitFor();
    expect(await dialog.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
    await page.keyboard.press('Escape');
    // On a phone, too, the speed and the ways back take one row.
    if (width === 390) expect(await spread(page, '.stage-bar .speed, .stage-bar > .row button')).toBeLessThan(4);
    if ([390, 1280].includes(width)) await shoot(page, `long-names-${width}${name === 'English' ? '' : `-${name.toLowerCase()}`}`);
  }
  await close();
});

it.each([
  { name: 'English', locale: 'en-US' },
  { name: 'German', locale: 'de-DE' },
  { name: 'Chinese', locale: 'zh-CN' },
])('holds in each view from 320 to 2560 px, with no text that leaves its button, in $name', async ({ locale }) => {
  const { page, close } = await studio.open({ on: simd, locale });
  await translated(page);
  // At the usual width of a laptop, and in all but the narrowest columns, the bar below the images is one row.
  for (const width of [700, 1000, 1190, 1200, 1240, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    expect([width, await page.evaluate(() => document.querySelector('.stage-bar')!.clientHeight)]).toEqual([width, 38]);
  }
  for (const view of ['translate', 'morph', 'grid', 'live', 'compare', 'evaluate', 'train']) {
    await page.locator(`#tab-${view}`).click();
    await page.locator(`#panel-${view} .button`).first().waitFor();
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 800 });
      const left = await page.evaluate(() => [...document.querySelectorAll<HTMLElement>('.button, [role=tab], .segmented span')].filter((one) => one.offsetParent !== null && one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).textOverflow !== 'ellipsis').map(({ textContent }) => textContent));
      expect([view, width, await overflow(page), left]).toEqual([view, width, 0, []]);
    }
  }
  await close();
});

it('shows what is chosen in forced colours', async () => {
  const { page, close } = await studio.open({ on: simd, forcedColors: 'active' });
  await translated(page);
  const frame = (selector: string): Promise<string> => page.locator(selector).first().evaluate((element) => getComputedStyle(element).outlineStyle);
  for (const selector of ['.tabs button', '.segmented input + span', '.thumb', '.tile']) {
    const on = selector === '.tabs button' ? '.tabs button[aria-selected="true"]' : selector.startsWith('.segmented') ? '.segmented input:checked + span' : `${selector}[aria-pressed="true"]`;
    const off = selector === '.tabs button' ? '.tabs button[aria-selected="false"]' : selector.startsWith('.segmented') ? '.segmented input:not(:checked) + span' : `${selector}[aria-pressed="false"]`;
    expect([on, await frame(on), await frame(off)]).toEqual([on, 'solid', 'none']);
  }
  await shoot(page, 'forced-colours');
  await close();
});

it('scrolls, and sets no slider, when a finger that begins on one moves up', async () => {
  const { page, close } = await studio.open({ on: simd, viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await translated(page);
  const slider = page.getByRole('slider', { name: 's3', exact: true });
  await slider.evaluate((element) => element.scrollIntoView({ block: 'center' }));
  const before = await slider.inputValue();
  const scrolled = await page.evaluate(() => scrollY);
  const box = (await slider.boundingBox())!;
  const session = await page.context().newCDPSession(page);
  const [x, y] = [box.x + box.width * 0.9, box.y + box.height / 2];
  await session.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x, y }] });
  for (let i = 1; i <= 12; i++) await session.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: [{ x, y: y - 15 * i }] });
  await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(scrolled + 50);
  expect(await slider.inputValue()).toBe(before);
  await close();
});

it('keeps the focus where its user is', async () => {
  const { page, close } = await studio.open({ on: simd });
  await translated(page);
  const focused = (): Promise<string> => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '');
  await page.getByRole('button', { name: 'Draw', exact: true }).press('Enter');
  await page.locator('canvas.pad').waitFor();
  await page.getByRole('button', { name: 'Done' }).press('Enter');
  await expect.poll(focused).toBe('Draw');
  await give(page, page.getByRole('button', { name: 'Add images' }), [sample('a1.png')]);
  await page.getByRole('button', { name: 'Remove a1.png' }).press('Enter');
  await expect.poll(focused).toBe('Outline 1');
  await page.getByRole('button', { name: 'Change …' }).press('Enter');
  await page.getByRole('button', { name: /^Shapes/ }).press('Enter');
  await expect.poll(focused).toBe('Change …');
  await page.getByRole('button', { name: 'Take a photo' }).press('Enter');
  await page.getByRole('button', { name: 'Cancel' }).press('Enter');
  await expect.poll(focused).toBe('Take a photo');
  await page.getByRole('tab', { name: 'Train' }).click();
  await page.getByRole('button', { name: 'Start training' }).press('Enter');
  await expect.poll(focused).toBe('Pause');
  await page.getByText(/^Step [1-9]/).waitFor();
  await page.getByRole('button', { name: 'Pause' }).press('Enter');
  await expect.poll(focused).toBe('Resume');
  // It can be pressed once the step under way is over.
  await page.getByRole('button', { name: 'End', disabled: false }).press('Enter');
  await page.getByRole('button', { name: 'Start training' }).waitFor();
  await expect.poll(focused).not.toBe('');
  await close();
});
