/** Workers end when they are replaced, with the threads that they started. */
import { expect, it } from 'vitest';
import { simd } from './support/devices.js';
import { translated } from './support/pictures.js';
import { held } from './support/processes.js';
import { useStudio } from './support/studio.js';

const studio = useStudio();

it.skipIf(process.platform !== 'linux')('has as many threads after twelve models as after one, on an isolated page', async () => {
  const { page, close } = await studio.open({ on: simd, isolate: true });
  await translated(page);
  await expect.poll(() => held(page).then(({ workers }) => workers)).toBeGreaterThan(1);
  const one = await held(page);
  for (let i = 0; i < 12; i++) {
    await page.getByRole('button', { name: 'Change …' }).click();
    await page.getByRole('button', { name: /^Shapes/ }).click();
    // The old model stays until the new one is there.
    await page.getByRole('progressbar').first().waitFor({ state: 'detached' });
    await translated(page);
  }
  await expect.poll(() => held(page).then(({ workers }) => workers), { timeout: 20_000 }).toBe(one.workers);
  const after = await held(page);
  console.log(`${one.workers} worker threads; ${one.megabytes.toFixed(0)} MB with the first model, ${after.megabytes.toFixed(0)} MB after twelve more`);
  expect(after.megabytes - one.megabytes).toBeLessThan(150);
  await close();
});

// A worker that is terminated while a worker of its own is ending may stay for ever, in Chromium, and so may that one.
it.skipIf(process.platform !== 'linux')('terminates the old model\'s worker only when the threads that it started are gone', async () => {
  const { page, close } = await studio.open({ on: simd, isolate: true });
  await translated(page);
  const workers = (): Promise<number> => held(page).then((now) => now.workers);
  await expect.poll(workers).toBeGreaterThan(1);
  const one = await workers();
  await page.evaluate(() => {
    const { terminate } = Worker.prototype;
    Worker.prototype.terminate = function (this: Worker) {
      document.body.dataset['terminating'] = 'yes';
      setTimeout(() => terminate.call(this), 4_000);
    };
  });
  await page.getByRole('button', { name: 'Change …' }).click();
  await page.getByRole('button', { name: /^Shapes/ }).click();
  await page.locator('body[data-terminating]').waitFor();
  // All of the new model, and the old one's worker without its threads.
  expect(await workers()).toBe(one + 1);
  await expect.poll(workers).toBe(one);
  await close();
});
