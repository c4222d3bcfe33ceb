/** Training in the tab. */
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import { packModel } from '@munit/formats';
import type { TrainEvent } from '@munit/train';
import { openTraining } from '@munit/train/browser';
import { unzipSync } from 'fflate';
import type { Page } from 'playwright';
import { expect, it } from 'vitest';
import { pointOf } from '../src/training/history.js';
import { configOf, presets, type Settings } from '../src/training/settings.js';
import { expectAdapter, loseDevice } from './support/devices.js';
import { file, give, type GivenFile, sample, saved } from './support/files.js';
import { AFTER, pixels, shoot, translated } from './support/pictures.js';
import { useStudio } from './support/studio.js';

const studio = useStudio();
const HASH = 'view=train&device=simd&model=none';

interface Wanted {
  readonly device: 'simd' | 'webgpu';
  readonly size?: number;
  readonly width?: number;
  readonly batch?: number;
  readonly steps?: number;
}

/** Sets what a run should be, and starts it. */
async function start(page: Page, { device, size = 32, width = 8, batch = 4, steps }: Wanted): Promise<void> {
  await page.getByText('Settings', { exact: true }).click();
  const choices = { Device: device, Size: String(size), Width: String(width), Batch: String(batch) };
  for (const [label, value] of Object.entries(choices)) await page.getByLabel(label, { exact: true }).selectOption(value);
  if (steps !== undefined) {
    await page.getByLabel('Steps', { exact: true }).fill(String(steps));
    await page.getByLabel('Steps', { exact: true }).blur();
  }
  await page.getByRole('button', { name: 'Start training' }).click();
}

const finished = (page: Page, steps: number): Promise<void> => page.getByText(`Finished: ${steps} steps`).waitFor({ timeout: 330_000 });
const stepOf = async (page: Page): Promise<number> => Number(/^Step (\d+) of/.exec((await page.getByText(/^Step \d+ of/).textContent()) ?? '')?.[1]);

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).include('.train').analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
}

/** Begins to note the losses that the page shows, by step. */
const watchLosses = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const seen: Record<string, string[]> = ((globalThis as unknown as { seen: object }).seen = {});
    new MutationObserver(() => {
      const step = /^Step (\d+) of/.exec(document.querySelector('.train .progress')?.textContent ?? '')?.[1];
      if (step !== undefined) seen[step] ??= [...document.querySelectorAll('.train-curve .numbers')].map((cell) => cell.textContent);
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });

/** What was shown when that step was done. */
const lossesShownAt = async (page: Page, step: number): Promise<number[]> => {
  const seen = await page.evaluate(() => (globalThis as unknown as { seen: Record<string, string[]> }).seen);
  return (seen[step] ?? []).map(Number);
};

/** The same few steps in Node, on the CPU. */
async function trainedInNode(settings: Settings): Promise<{ readonly model: Uint8Array; readonly firstLosses: readonly number[] }> {
  let firstLosses: readonly number[] = [];
  const onEvent = (event: TrainEvent): void => {
    if (event.kind === 'step' && event.step === 1) firstLosses = Object.values(pointOf(event));
  };
  const training = await openTraining({ sets: { synthetic: { count: 2000 } }, preset: 'quick', config: configOf(settings, false), device: 'simd', threads: 1, onEvent });
  await training.run();
  const model = (await packModel(await training.export())).get('model.safetensors')!;
  await training.dispose();
  return { model, firstLosses };
}

it.each([
  { device: 'simd', batch: 4 },
  { device: 'webgpu', batch: 1 },
] as const)('trains ten steps, and more; the model is saved, and used at once: $device', async ({ device, batch }) => {
  const { page, errors, close } = await studio.open({ hash: HASH });
  if (device === 'webgpu') await expectAdapter(page);
  await page.getByRole('button', { name: 'Start training' }).waitFor();
  await expectAccessible(page);
  await watchLosses(page);
  await start(page, { device, size: 16, batch, steps: 10 });
  await finished(page, 10);
  expect(await page.locator('.train-facts').textContent()).toContain(device === 'webgpu' ? 'WebGPU' : 'WebAssembly');
  await expectAccessible(page);
  await shoot(page, `train-${device}`);
  expect(await page.locator('.train-samples canvas').count()).toBe(4 * 10);

  const { name, path } = await saved(page, 'Download');
  expect(name).toBe('outlines-to-colours.zip');
  const files = unzipSync(readFileSync(path));
  expect(Object.keys(files).sort()).toEqual(['README.md', 'model.json', 'model.safetensors'].map((file) => `outlines-to-colours/${file}`));
  const about = JSON.parse(Buffer.from(files['outlines-to-colours/model.json']!).toString()) as { training: { steps: number; weights: string } };
  expect(about.training).toMatchObject({ steps: 10, weights: 'average' });

  const inNode = await trainedInNode({ ...presets[0].settings, size: 16, width: 8, batch, steps: 10 });
  // Three digits are shown. Later steps cannot be compared between devices: Adam makes whole steps of what is rounded differently.
  const shown = await lossesShownAt(page, 1);
  expect(shown).toHaveLength(5);
  shown.forEach((loss, i) => expect(Math.abs(loss - inNode.firstLosses[i]!)).toBeLessThan(0.00051));
  // The page computes what Node does, to the bit.
  if (device === 'simd') expect(Buffer.compare(files['outlines-to-colours/model.safetensors']!, inNode.model)).toBe(0);

  await page.getByRole('button', { name: '10 steps more' }).click();
  if (device === 'webgpu') {
    await page.getByText(/^Step 1\d of 20/).waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText(/of 20, paused/).waitFor();
  } else await finished(page, 20);
  await page.getByRole('button', { name: 'Use it now' }).click();
  await translated(page);
  expect(await pixels(page, AFTER)).toHaveLength(16 * 16 * 4);
  await page.getByText('outlines-to-colours', { exact: true }).first().waitFor();
  expect(errors).toEqual([]);
  await close();
  // The software adapter builds some hundred programs before the first step.
}, 420_000);

it('pauses, makes single steps, resumes after a reload, and survives its worker', async () => {
  const { page, close } = await studio.open({ hash: HASH, colorScheme: 'dark', viewport: { width: 390, height: 844 } });
  await start(page, { device: 'simd' });
  await page.getByText(/^Step [1-9]\d* of 500/).waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByText(/of 500, paused/).waitFor();
  const at = await stepOf(page);
  await page.getByRole('button', { name: 'One step' }).click();
  await expect.poll(() => stepOf(page)).toBe(at + 1);
  await expect.poll(() => page.getByRole('slider', { name: 'Moment of the run' }).getAttribute('aria-valuetext')).toBe(`Step ${at + 1}`);
  await expectAccessible(page);
  await shoot(page, 'train-phone-dark');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await page.getByRole('button', { name: 'Resume' }).click();
  await expect.poll(() => stepOf(page)).toBeGreaterThan(at + 1);

  page.on('dialog', (dialog) => void dialog.accept());
  await page.reload();
  const runs = page.getByRole('list', { name: 'Your runs, kept in this browser' });
  await runs.getByText(/^Step \d+ of 500, 32 × 32 pixels/).waitFor();
  // What is being typed stays, whatever else changes.
  await page.getByText('Settings', { exact: true }).click();
  await page.getByLabel('Steps', { exact: true }).fill('77');
  await page.getByLabel('Mirror half of the images').evaluate((box: HTMLInputElement) => box.click());
  await page.getByText('Your own settings.').waitFor();
  expect(await page.getByLabel('Steps', { exact: true }).inputValue()).toBe('77');
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect.poll(() => stepOf(page)).toBeGreaterThanOrEqual(at);

  await page.workers().at(-1)!.evaluate(() => {
    setTimeout(() => {
      throw new Error('out of memory');
    }, 0);
  });
  await page.getByText('Training has stopped').waitFor();
  await page.getByRole('button', { name: 'Back to the settings' }).click();
  await runs.getByRole('button', { name: 'Delete Built-in shapes' }).click();
  await runs.getByRole('button', { name: 'Delete for good' }).click();
  await expect.poll(() => runs.count()).toBe(0);
  await close();
});

it('trains on images of its user, names what it cannot read, and continues where the browser has no room', async () => {
  const { page, close } = await studio.open({ hash: HASH });
  const session = await page.context().newCDPSession(page);
  await session.send('Storage.overrideQuotaForOrigin', { origin: new URL(page.url()).origin, quotaSize: 1000 });
  const pick = (set: string, files: GivenFile[]): Promise<void> =>
    give(page, page.getByRole('group', { name: `Images of set ${set}` }).getByRole('button', { name: 'Images', exact: true }), files);
  await page.getByRole('radio', { name: 'Your images' }).check();
  await page.getByText('Give at least two images in each set.').waitFor();
  await pick('A', [sample('a0.png'), sample('a1.png'), file('broken.png', 'image/png', 'none')]);
  await pick('B', [sample('b0.png'), sample('b1.png')]);
  await page.getByLabel('Name of set A').fill('Drawings');
  await page.getByLabel('Name of set B').fill('Toys');
  await shoot(page, 'train-pictures');
  await start(page, { device: 'simd', size: 16, batch: 1, steps: 6 });
  await finished(page, 6);
  await page.locator('.train-warnings summary').click();
  const remarks = await page.locator('.train-warnings li').allTextContents();
  expect(remarks.join('\n')).toContain('Skipped broken.png (domain A): it is not an image that this browser can decode.');
  expect(remarks.join('\n')).toMatch(/The checkpoint could not be kept: the browser has no room/);
  await page.getByRole('radio', { name: 'Toys → Drawings' }).check();
  expect((await saved(page, 'Download')).name).toBe('drawings-to-toys.zip');
  // Beside the model there are images of the kinds that it knows.
  await page.getByRole('button', { name: 'Use it now' }).click();
  await page.getByRole('img', { name: 'a0.png as Toys' }).waitFor();
  const named = (list: string): Promise<(string | null)[]> => page.getByRole('list', { name: list }).getByRole('button').evaluateAll((buttons) => buttons.map((button) => button.getAttribute('aria-label')));
  // Samples are of other kinds.
  expect(await named('Images to translate')).toEqual(['a0.png', 'a1.png']);
  expect(await named('Images whose style to take')).toEqual(['b0.png', 'b1.png']);
  await close();
});

it('draws on WebGPU, and trains on the CPU when the device is lost', async () => {
  const { page, close } = await studio.open({ hash: HASH });
  await start(page, { device: 'webgpu', size: 16, batch: 1, steps: 3 });
  await page.getByText(/^WebGPU/).waitFor();
  await page.locator('.train-samples canvas').first().waitFor({ timeout: 120_000 });
  await loseDevice(page.workers().at(-1));
  await expect.poll(() => page.locator('.train-failure').textContent(), { timeout: 60_000 }).toContain('The graphics device was lost');
  await shoot(page, 'train-lost');
  await page.getByRole('button', { name: 'Continue on the CPU' }).click();
  await finished(page, 3);
  expect(await page.locator('.train-facts').textContent()).toContain('WebAssembly');
  await close();
  // The software adapter builds some hundred programs for the first images.
}, 240_000);
