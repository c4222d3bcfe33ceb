/** The page stays quick while the worker works: no task of its thread has the processor for 100 ms, so an input is answered within that, however busy the machine is. */
import type { Page } from 'playwright';
import { expect, it } from 'vitest';
import { simd } from './support/devices.js';
import { AFTER, difference, pixels, slide, stopGrid, translated } from './support/pictures.js';
import { useStudio } from './support/studio.js';
import { longestTask } from './support/tasks.js';

const studio = useStudio();
const large = { ...simd, side: 256 };

/** ms of processor time. */
const LONGEST = 100;

/** The longest task of the page's thread while `act` acts, in the test's output too. */
async function longest(page: Page, what: string, act: () => Promise<void>): Promise<number> {
  const ms = await longestTask(page, act);
  console.log(`longest task of the page while ${what}: ${ms.toFixed(0)} ms`);
  return ms;
}

it('answers a style slider at 256 × 256 with one decode, the image being encoded once', async () => {
  const { page, close } = await studio.open({ on: large });
  await translated(page);
  await stopGrid(page);
  await page.waitForTimeout(500);
  const before = await pixels(page, AFTER);
  const facts = async (): Promise<{ encodes: number; decodes: number }> => {
    await page.getByRole('button', { name: /^CPU/ }).click();
    const text = (await page.getByRole('dialog', { name: 'Device' }).textContent()) ?? '';
    await page.keyboard.press('Escape');
    const [, encodes] = /once per image \((\d+) so far\)/.exec(text) ?? [];
    const [, decodes] = /A style[\d.]+ m?s \((\d+) so far\)/.exec(text) ?? [];
    return { encodes: Number(encodes), decodes: Number(decodes) };
  };
  const start = await facts();
  const task = await longest(page, 'a slider moves', () => page.evaluate(async (selector) => {
    const slider = document.querySelector<HTMLInputElement>('input[type=range][aria-label=s2]')!;
    slider.value = '2';
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    const stage = document.querySelector(selector)!.closest('section')!;
    const frame = (): Promise<unknown> => new Promise((resolve) => {
      requestAnimationFrame(resolve);
    });
    do await frame();
    while (stage.getAttribute('aria-busy') === 'true');
  }, AFTER));
  const end = await facts();
  expect(difference(await pixels(page, AFTER), before)).toBeGreaterThan(0.2);
  expect([end.encodes - start.encodes, end.decodes - start.decodes]).toEqual([0, 1]);
  expect(task).toBeLessThan(LONGEST);
  await close();
});

/** Something that every view answers. */
async function pokeAt(page: Page, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    await page.getByRole('button', { name: /^(Dark|Light) colours$/ }).click();
    await page.waitForTimeout(150);
  }
}

it('would see a page that works by itself', async () => {
  const { page, close } = await studio.open({ on: simd });
  await translated(page);
  const busy = (): void => {
    const end = performance.now() + 3000;
    while (performance.now() < end);
  };
  expect(await longest(page, 'it is busy for three seconds', () => page.evaluate(busy))).toBeGreaterThan(LONGEST);
  await close();
});

it('answers input within 100 ms while images are translated', async () => {
  const { page, close } = await studio.open({ on: large, hash: 'view=grid' });
  await page.getByRole('button', { name: 'Stop', exact: true }).waitFor();
  const task = await longest(page, 'images are translated', async () => {
    for (let i = 0; i < 4; i++) {
      await pokeAt(page, 1);
      await slide(page, 'Styles', 4 + (i % 2));
    }
  });
  expect(await page.getByRole('button', { name: 'Stop', exact: true }).isVisible()).toBe(true);
  expect(task).toBeLessThan(LONGEST);
  await close();
});

it('answers input within 100 ms while it trains, and while a video is written meanwhile', async () => {
  const { page, close } = await studio.open({ on: simd, hash: 'view=train' });
  await page.getByRole('button', { name: 'Start training' }).click();
  await page.getByText(/^Step [1-9]\d* of/).waitFor();
  expect(await longest(page, 'it trains', () => pokeAt(page, 8))).toBeLessThan(LONGEST);
  await page.getByRole('tab', { name: 'Morph' }).click();
  await page.getByRole('button', { name: 'Save as video' }).and(page.locator(':enabled')).waitFor();
  const task = await longest(page, 'a video is written', async () => {
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save as video' }).click();
    await pokeAt(page, 4);
    await download;
  });
  expect(task).toBeLessThan(LONGEST);
  await page.getByRole('tab', { name: 'Train' }).click();
  expect(await page.getByRole('button', { name: 'Pause' }).isEnabled()).toBe(true);
  await close();
});
