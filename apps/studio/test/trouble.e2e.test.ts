/** What goes wrong for users: the studio says so, and goes on. */
import { Buffer } from 'node:buffer';
import type { Page } from 'playwright';
import { expect, it } from 'vitest';
import { AFTER, pixels, shoot, translated, useStudio } from './support/studio.js';

const studio = useStudio();

const file = (name: string, mimeType: string, text: string) => ({ name, mimeType, buffer: Buffer.from(text) });

/** Answers the next file dialog. */
async function pick(page: Page, button: string, files: ReturnType<typeof file>[]): Promise<void> {
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: button, exact: true }).click()]);
  await chooser.setFiles(files);
}

it('says what a broken model file and a picture that is none are, and keeps what it has', async () => {
  const { page, close } = await studio.open({ hash: 'device=simd' });
  await translated(page);
  await page.getByRole('button', { name: 'Change …' }).click();
  await pick(page, 'Pick a file', [file('gen_broken.pt', 'application/octet-stream', 'this is no checkpoint')]);
  const alerts = page.locator('.notices [role=alert]');
  await expect.poll(() => alerts.textContent()).toMatch(/safetensors|checkpoint|PyTorch/i);
  await pick(page, 'Add pictures', [file('cat.png', 'image/png', 'meow')]);
  await expect.poll(() => alerts.textContent()).toContain('cat.png is not a picture that this browser can read. Use a JPEG, PNG, WebP or AVIF file.');
  await shoot(page, 'errors');
  await page.getByRole('button', { name: 'Style 2', exact: true }).click();
  await translated(page);
  expect(await pixels(page, AFTER)).toHaveLength(64 * 64 * 4);
  await close();
});

it('stops when asked, and begins again', async () => {
  const { page, close } = await studio.open({ hash: 'device=simd&view=grid&side=256' });
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await page.getByText('Stopped.').waitFor();
  await expect.poll(() => page.getByRole('button', { name: 'Stop', exact: true }).count()).toBe(0);
  await page.getByRole('combobox').selectOption('64');
  await expect.poll(() => page.getByText('Stopped.').count()).toBe(0);
  await expect.poll(() => page.locator('.sheet .tile canvas[width="64"]').count()).toBe(20);
  await close();
});

it('works without a place to keep the model, and says that', async () => {
  const { page, close } = await studio.open({ hash: 'device=simd&model=none' });
  const session = await page.context().newCDPSession(page);
  await session.send('Storage.overrideQuotaForOrigin', { origin: new URL(page.url()).origin, quotaSize: 1000 });
  await page.getByRole('button', { name: 'Choose …' }).click();
  await page.getByRole('button', { name: /^Shapes/ }).click();
  await page.getByText(/The browser would not keep the model/).waitFor();
  await translated(page);
  expect(await pixels(page, AFTER)).toHaveLength(64 * 64 * 4);
  await close();
});

it('starts a worker that died again', async () => {
  const { page, close } = await studio.open({ hash: 'device=simd' });
  await translated(page);
  const [worker] = page.workers();
  await worker!.evaluate(() => {
    setTimeout(() => {
      throw new Error('out of memory');
    }, 0);
  });
  await page.getByText(/The worker failed, so Shapes is loaded again/).waitFor();
  await expect.poll(() => page.workers().some((other) => other !== worker)).toBe(true);
  await page.getByRole('button', { name: 'Style 2', exact: true }).click();
  await translated(page);
  await close();
});
