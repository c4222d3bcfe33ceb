/** Workers end when they are replaced, with the threads that they started. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Page } from 'playwright';
import { expect, it } from 'vitest';
import { simd } from './support/devices.js';
import { translated } from './support/pictures.js';
import { useStudio } from './support/studio.js';

const studio = useStudio();

/** Of the page's own process: how many threads run workers, and how much memory it has, MB. */
async function held(page: Page): Promise<{ readonly workers: number; readonly megabytes: number }> {
  const session = await page.context().browser()!.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const all = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => {
    try {
      const names = readdirSync(`/proc/${id}/task`).map((task) => readFileSync(`/proc/${id}/task/${task}/comm`, 'utf8').trim());
      const pages = Number(readFileSync(`/proc/${id}/statm`, 'utf8').split(' ')[1]);
      return { workers: names.filter((name) => name.startsWith('DedicatedWorker')).length, megabytes: (pages * 4096) / 1e6 };
    } catch {
      // It ended meanwhile.
      return { workers: 0, megabytes: 0 };
    }
  });
  await session.detach();
  return all.reduce((most, one) => (one.workers > most.workers ? one : most), { workers: 0, megabytes: 0 });
}

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
