/** Without a network after the first visit, installed, and a new version. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serve } from '../scripts/serve.mjs';
import { translated } from './support/pictures.js';
import { useStudio } from './support/studio.js';

const studio = useStudio();
const dist = fileURLToPath(new URL('../dist', import.meta.url));

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'munit-offline-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The service worker has what it keeps, and answers for the page. */
const ready = (page: Page): Promise<unknown> => page.waitForFunction(() => navigator.serviceWorker.controller !== null);

it('opens, translates and trains without a network after the first visit, with its threads', async () => {
  const server = await serve({ root: dist, isolate: true });
  const { page, close } = await studio.open({ hash: 'model=none', serviceWorkers: 'allow' });
  await page.goto(`${server.address}#device=simd`);
  await translated(page);
  await ready(page);
  // Not the network that is switched off, but the server that is gone.
  await server.close();
  await page.reload();
  await translated(page);
  expect(await page.locator('.model-name strong').textContent()).toBe('Animals');
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  await page.getByRole('tab', { name: 'Train' }).click();
  await page.getByRole('button', { name: 'Start training' }).waitFor();
  await close();
});

it('can be installed: its manifest names icons that are there', async () => {
  const { page, close } = await studio.open({ hash: 'model=none' });
  const { manifest, icons } = await page.evaluate(async () => {
    const address = document.querySelector<HTMLLinkElement>('link[rel=manifest]')!.href;
    const found = (await (await fetch(address)).json()) as { name: string; display: string; start_url: string; icons: { src: string; sizes: string }[] };
    const sizes = await Promise.all(
      found.icons.map(async ({ src }) => {
        const bitmap = await createImageBitmap(await (await fetch(new URL(src, address))).blob()).catch(() => undefined);
        return bitmap === undefined ? 'any' : `${bitmap.width}x${bitmap.height}`;
      }),
    );
    return { manifest: found, icons: sizes };
  });
  expect([manifest.name, manifest.display, manifest.start_url]).toEqual(['munit studio', 'standalone', './']);
  expect(icons).toEqual(manifest.icons.map(({ sizes }) => sizes));
  const session = await page.context().newCDPSession(page);
  const { errors } = await session.send('Page.getAppManifest');
  expect(errors).toEqual([]);
  await close();
});

it('says that there is a new version, and takes it over when its user agrees', async () => {
  const root = join(folder, 'dist');
  cpSync(dist, root, { recursive: true });
  const server = await serve({ root });
  const { page, close } = await studio.open({ hash: 'model=none', serviceWorkers: 'allow' });
  await page.goto(`${server.address}#device=simd&model=shapes&style=0.5,-1,0,1,0.25,-0.5,0.75,-0.25`);
  await translated(page);
  await ready(page);
  // The next version: another title, under a revision of its own.
  const page2 = readFileSync(join(root, 'index.html'), 'utf8').replace('<title>munit studio</title>', '<title>munit studio, next</title>');
  writeFileSync(join(root, 'index.html'), page2);
  const worker = readFileSync(join(root, 'sw.js'), 'utf8');
  writeFileSync(join(root, 'sw.js'), worker.replace(/(url:"index\.html",revision:")(.)/, (_, before: string, digit: string) => `${before}${digit === '0' ? '1' : '0'}`));
  await page.reload();
  await translated(page);
  // Still the version that was opened.
  expect(await page.title()).toBe('munit studio');
  await page.getByText('There is a new version of the studio.').waitFor();
  await page.getByRole('button', { name: 'Reload' }).click();
  await page.waitForFunction(() => document.title === 'munit studio, next');
  await translated(page);
  expect(page.url()).toContain('style=0.5,-1,0,1,0.25,-0.5,0.75,-0.25');
  await server.close();
  await close();
});
