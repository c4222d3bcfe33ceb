/** What goes wrong for users: the studio says so, and continues. */
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { devices, simd, webgpu } from './support/devices.js';
import { file, give, sample } from './support/files.js';
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

it('says of a part that cannot be fetched what is wrong, and fetches it later', async () => {
  const { page, close } = await studio.open({ on: simd });
  await translated(page);
  await page.context().setOffline(true);
  await page.getByRole('tab', { name: 'Train' }).click();
  await page.getByText('Training could not be fetched: there is no network. Try again when there is one.').waitFor();
  await page.context().setOffline(false);
  await page.getByRole('button', { name: 'Start training' }).waitFor();
  expect(await page.getByText('could not be fetched').count()).toBe(0);
  await close();
});

it('keeps every notice until there was time to read it, also in front of a dialog', async () => {
  const { page, close } = await studio.open({ on: simd, hash: 'model=none' });
  const add = page.getByRole('button', { name: 'Add images' });
  await give(page, add, ['a.txt', 'b.psd', '.DS_Store'].map((name) => file(name, 'application/octet-stream', 'x')));
  await page.getByText('2 files are not images that this browser can read: a.txt, b.psd.').waitFor();
  for (const name of ['c.png', 'd.png', 'e.png', 'f.png']) await give(page, add, [file(name, 'image/png', 'x')]);
  await page.getByText('f.png is not an image').waitFor();
  await page.getByRole('button', { name: '2 more' }).click();
  expect(await page.locator('.notice p').allTextContents()).toHaveLength(5);
  await page.getByRole('button', { name: 'Choose …' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Dismiss all' }).click();
  await expect.poll(() => page.locator('.notice').count()).toBe(0);
  await close();
});

it('says when a policy blocks WebAssembly, and when the page was not served at all', async () => {
  const { page, close } = await studio.open({ hash: 'model=none' });
  await page.route('**/*', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), 'content-security-policy': "default-src 'self'; img-src 'self' blob: data:" } });
  });
  await page.goto(`${page.url().split('#')[0]}#side=16`);
  await page.reload();
  await page.getByText('blocks WebAssembly').waitFor();
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await page.goto(new URL('../dist/index.html', import.meta.url).href);
  await page.getByText('If this page was opened as a file').waitFor();
  expect(await page.getByRole('tab').count()).toBe(0);
  await close();
});

it('says of a photograph that the model has only seen outlines', async () => {
  const { page, close } = await studio.open({ on: simd });
  await translated(page);
  const photo = await sharp({ create: { width: 90, height: 60, channels: 3, background: '#3060c0' } }).png().toBuffer();
  await give(page, page.getByRole('button', { name: 'Add images' }), [file('sea.png', 'image/png', photo)]);
  await page.getByText('This model has only seen black outlines on white, and sea.png looks different').waitFor();
  await give(page, page.getByRole('button', { name: 'Add images' }), [sample('a3.png')]);
  await page.getByRole('img', { name: 'a3.png, before' }).waitFor();
  await expect.poll(() => page.locator('.strange').count()).toBe(0);
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
