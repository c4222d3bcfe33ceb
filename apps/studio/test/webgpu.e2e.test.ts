/** The same page on WebGPU: the software adapter where there is no GPU. */
import type { Page } from 'playwright';
import { expect, it } from 'vitest';
import { AFTER, difference, pixels, shoot, translated, useStudio } from './support/studio.js';

const studio = useStudio();
const SMALL = 'side=16&image=a1&style=0.5,-1,0,1,0.25,-0.5,0.75,-0.25';

/** The picture in the style of an example. */
async function guided(page: Page): Promise<number[]> {
  const before = page.url();
  await page.getByRole('button', { name: 'Coloured shape 3', exact: true }).click();
  await page.waitForFunction((old) => location.href !== old, before);
  await translated(page);
  return pixels(page, AFTER);
}

it('translates on WebGPU as on the CPU, by numbers and by an example, and goes on after the device was lost', async () => {
  const cpu = await studio.open({ hash: `device=simd&${SMALL}` });
  await translated(cpu.page);
  const expected = await pixels(cpu.page, AFTER);
  const likeExample = await guided(cpu.page);
  expect(difference(likeExample, expected)).toBeGreaterThan(1);
  await cpu.close();

  const { page, close } = await studio.open({ hash: `device=webgpu&${SMALL}` });
  expect(await page.evaluate(async () => (await navigator.gpu.requestAdapter()) !== null)).toBe(true);
  await translated(page);
  await page.getByRole('button', { name: /^GPU/ }).waitFor();
  // A byte of rounding here and there.
  expect(difference(await pixels(page, AFTER), expected)).toBeLessThan(0.05);
  await page.getByRole('button', { name: 'Stop the grid' }).click();

  await page.workers()[0]!.evaluate(() => {
    const create = GPUDevice.prototype.createCommandEncoder;
    GPUDevice.prototype.createCommandEncoder = function (this: GPUDevice, ...args) {
      GPUDevice.prototype.createCommandEncoder = create;
      this.destroy();
      return create.apply(this, args);
    };
  });
  await page.getByRole('slider', { name: 's1', exact: true }).fill('2');
  await page.getByText('The graphics device was lost; it has been opened again.').waitFor();
  await translated(page);
  await page.getByRole('slider', { name: 's1', exact: true }).fill('0.5');
  await expect.poll(async () => difference(await pixels(page, AFTER), expected)).toBeLessThan(0.05);
  await guided(page);
  await expect.poll(async () => difference(await pixels(page, AFTER), likeExample), { timeout: 30_000 }).toBeLessThan(0.05);
  await shoot(page, 'webgpu');
  await close();
});
