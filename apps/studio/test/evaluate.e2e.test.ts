/** The model in use, measured on the images that are loaded. */
import { readFileSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import { openDevice, tensor } from '@munit/core';
import { decodeImage } from '@munit/images/node';
import { toBatch, toChannels } from '@munit/images';
import { loadLpips, realDiversity } from '@munit/metrics';
import type { Page } from 'playwright';
import { expect, it } from 'vitest';
import { simd } from './support/devices.js';
import { give, sample, saved } from './support/files.js';
import { shoot, translated } from './support/pictures.js';
import { useStudio } from './support/studio.js';

const studio = useStudio();

interface Report {
  readonly inputs: readonly { readonly name: string; readonly diversity: number }[];
  readonly real: readonly string[];
  readonly styles: number;
  readonly seed: number;
  readonly side: number;
  readonly figures: readonly { readonly name: string; readonly value: number; readonly count: number; readonly interval?: { readonly low: number; readonly high: number } }[];
  readonly notes: readonly string[];
}

async function evaluated(page: Page, inputs: number, styles: number): Promise<Report> {
  await page.getByRole('tab', { name: 'Evaluate' }).click();
  await page.getByRole('slider', { name: 'Images' }).fill(String(inputs));
  await page.getByRole('slider', { name: 'Styles' }).fill(String(styles));
  await page.getByRole('button', { name: 'Evaluate', exact: true }).click();
  await page.getByRole('button', { name: 'Stop' }).waitFor();
  await page.getByRole('button', { name: 'Stop' }).waitFor({ state: 'detached', timeout: 60_000 });
  const { path } = await saved(page, 'Save as JSON');
  return JSON.parse(readFileSync(path, 'utf8')) as Report;
}

it('measures diversity and the distance to real images, shows what is behind the figures, and ends its worker', async () => {
  const { page, errors, close } = await studio.open({ on: simd });
  await translated(page);
  const workers = page.workers().length;
  const report = await evaluated(page, 4, 3);
  const figure = (name: string) => report.figures.find((one) => one.name === name)!;
  expect(report.figures.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['lpips-alexnet-0.1', 'lpips-alexnet-0.1-all-pairs', 'lpips-alexnet-0.1-real', 'fid-alexnet', 'kid-alexnet', 'precision-alexnet', 'recall-alexnet']),
  );
  expect([report.inputs.length, report.styles, figure('fid-alexnet').count]).toEqual([4, 3, 12]);
  // The figure is the mean over the inputs that are listed.
  expect(figure('lpips-alexnet-0.1').value).toBeCloseTo(report.inputs.reduce((sum, { diversity }) => sum + diversity, 0) / 4, 9);
  expect(figure('lpips-alexnet-0.1').value).toBeGreaterThan(0.01);
  expect(await page.getByRole('row', { name: /^lpips-alexnet-0\.1 / }).first().textContent()).toContain(figure('lpips-alexnet-0.1').value.toFixed(3));
  expect(await page.locator('.exhibit canvas').count()).toBeGreaterThanOrEqual(4 * 3);
  expect(await page.locator('.nearest > li').count()).toBeGreaterThanOrEqual(4);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
  await shoot(page, 'evaluate');
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
  await shoot(page, 'evaluate-phone');
  await expect.poll(() => page.workers().length).toBe(workers);
  expect(errors).toEqual([]);
  await close();
});

it('gives the figures that the metrics give in Node for the same images', async () => {
  // The samples' own size: nothing is resized.
  const { page, close } = await studio.open({ on: { ...simd, side: 128 } });
  await translated(page);
  const { figures, seed, side } = await evaluated(page, 1, 2);
  await close();
  expect(side).toBe(128);
  const device = await openDevice('simd');
  const lpips = await loadLpips();
  try {
    const expected = await realDiversity(
      lpips,
      6,
      async (index) => {
        const { data, shape } = toBatch([toChannels((await decodeImage(sample(`b${index}.png`).buffer)).pixels, 3)]);
        return tensor(data, [...shape]);
      },
      { seed },
    );
    expect(expected.value).toBeGreaterThan(0.01);
    expect(figures.find(({ name }) => name === expected.name)!.value).toBeCloseTo(expected.value, 3);
  } finally {
    lpips.dispose();
    device.dispose();
  }
});

it('says what it could not measure, and stops', async () => {
  const { page, errors, close } = await studio.open({ on: simd });
  await translated(page);
  await page.getByRole('tab', { name: 'Evaluate' }).click();
  await page.getByRole('button', { name: 'Evaluate', exact: true }).click();
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByRole('button', { name: 'Evaluate', exact: true }).waitFor();
  expect(await page.getByRole('button', { name: 'Save as JSON' }).isDisabled()).toBe(true);
  expect(await page.locator('.notice').count()).toBe(0);
  // Two images that are known to be of the target domain count; one of either does not.
  await give(page, page.getByRole('button', { name: 'Add real images' }), [{ ...sample('b1.png'), name: 'mine.png' }]);
  await page.getByText(/^\d+ of “.*” are loaded/).waitFor();
  const report = await evaluated(page, 2, 2);
  expect(report.real).toContain('mine.png');
  expect(errors).toEqual([]);
  await close();
});
