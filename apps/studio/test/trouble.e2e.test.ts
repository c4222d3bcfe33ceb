/** What goes wrong for users: the studio says so, and continues. */
import { expect, it } from 'vitest';
import { devices, simd, webgpu } from './support/devices.js';
import { file, give } from './support/files.js';
import { AFTER, pixels, shoot, slide, translated } from './support/pictures.js';
import { useStudio } from './support/studio.js';

const studio = useStudio();

it.each(devices)('reports a broken model file and a file that is not an image, and keeps what it has: $device', async (on) => {
  const { page, close } = await studio.open({ on });
  await translated(page);
  await page.getByRole('button', { name: 'Change …' }).click();
  await give(page, page.getByRole('button', { name: 'Pick a file' }), [file('gen_broken.pt', 'application/octet-stream', 'this is not a checkpoint')]);
  const alerts = page.locator('.notices [role=alert]');
  await expect.poll(() => alerts.textContent()).toContain('gen_broken.pt is neither a PyTorch checkpoint nor a safetensors file.');
  await give(page, page.getByRole('button', { name: 'Add images' }), [file('cat.png', 'image/png', 'meow')]);
  await expect.poll(() => alerts.textContent()).toContain('cat.png is not an image that this browser can read. Use a JPEG, PNG, WebP, AVIF or SVG file.');
  await shoot(page, `errors-${on.device}`);
  await page.getByRole('button', { name: 'Style 2', exact: true }).click();
  await translated(page);
  expect(await pixels(page, AFTER)).toHaveLength(on.side ** 2 * 4);
  await close();
});

it.each([
  { ...simd, side: 512 },
  { ...webgpu, side: 64 },
])('stops when asked, and begins again: $device', async (on) => {
  const { page, close } = await studio.open({ on, hash: 'view=grid' });
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await page.getByText('Stopped.').waitFor();
  await expect.poll(() => page.getByRole('button', { name: 'Stop', exact: true }).count()).toBe(0);
  const made = page.locator(`.sheet .tile canvas[width="${on.side}"]`);
  const soFar = await made.count();
  expect(soFar).toBeLessThan(20);
  await page.waitForTimeout(500);
  expect(await made.count()).toBe(soFar);
  await slide(page, 'Images', 1);
  await slide(page, 'Styles', 2);
  await expect.poll(() => page.getByText('Stopped.').count()).toBe(0);
  await expect.poll(() => made.count()).toBe(2);
  await close();
});

it('works without a place to keep the model, and says that', async () => {
  const { page, close } = await studio.open({ on: simd, hash: 'model=none' });
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
  const { page, close } = await studio.open({ on: simd });
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
