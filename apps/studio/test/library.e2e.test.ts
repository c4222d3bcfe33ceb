/** Nothing of the user's is overwritten or forgotten in silence: images and models have ids of their own. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { simd } from './support/devices.js';
import { drop, file, give, sample } from './support/files.js';
import { difference, pixels, translated } from './support/pictures.js';
import { stored } from './support/stored.js';
import { useStudio } from './support/studio.js';

const studio = useStudio();
const shapes = fileURLToPath(new URL('../public/models/shapes', import.meta.url));
const cli = fileURLToPath(new URL('../../../packages/cli/dist/main.js', import.meta.url));
const BEFORE = '.pair figure:first-of-type canvas';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'munit-library-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const images = (page: Page): Promise<(string | null)[]> =>
  page.getByRole('list', { name: 'Images to translate' }).getByRole('button').evaluateAll((buttons) => buttons.map((button) => button.getAttribute('aria-label')));
const saved = (page: Page): Promise<void> => page.waitForTimeout(1200);
const open = (page: Page): Promise<void> => page.getByRole('button', { name: 'Change …' }).click();
const models = async (page: Page): Promise<string[]> => {
  await open(page);
  await page.getByRole('list', { name: 'Your models, kept in this browser' }).waitFor();
  return page.locator('.kept-name').allTextContents();
};
const modelName = (page: Page) => page.locator('.model-name strong');

/** A model of the same shape as the bundled one, and with other weights. */
function otherModel(name: string, flip: number): string {
  const path = join(folder, name);
  cpSync(shapes, path, { recursive: true });
  const about = JSON.parse(readFileSync(join(path, 'model.json'), 'utf8')) as { files?: unknown; training: { seed: number } };
  about.training.seed = flip;
  writeFileSync(join(path, 'model.json'), JSON.stringify(about));
  return path;
}

it('opens an empty sheet beside a photograph called Drawing, which stays as it is', async () => {
  const { page, close } = await studio.open({ on: simd });
  await translated(page);
  const photo = await sharp({ create: { width: 800, height: 600, channels: 3, background: '#3060c0' } }).jpeg().toBuffer();
  await give(page, page.getByRole('button', { name: 'Add images' }), [file('Drawing of my cat.jpg', 'image/jpeg', photo)]);
  await page.getByRole('img', { name: 'Drawing of my cat.jpg, before' }).waitFor();
  const before = await pixels(page, BEFORE);
  await page.getByRole('button', { name: 'Draw', exact: true }).click();
  await page.locator('canvas.pad').waitFor();
  await page.getByRole('button', { name: 'Done' }).click();
  // Nobody has drawn on the sheet: it is not kept.
  await expect.poll(() => images(page).then((names) => names.slice(0, 2))).toEqual(['Drawing of my cat.jpg', 'Outline 1']);
  await page.getByRole('button', { name: 'Drawing of my cat.jpg', exact: true }).first().click();
  await page.getByRole('img', { name: 'Drawing of my cat.jpg, before' }).waitFor();
  expect(difference(await pixels(page, BEFORE), before)).toBe(0);
  await saved(page);
  await page.reload();
  await page.getByRole('img', { name: 'Drawing of my cat.jpg, before' }).waitFor();
  await expect.poll(async () => difference(await pixels(page, BEFORE), before)).toBe(0);
  await close();
});

it('keeps the images of two tabs, of the same name too', async () => {
  const { page, close } = await studio.open({ on: simd, hash: 'model=none' });
  const other = await page.context().newPage();
  await other.goto(page.url());
  const add = (tab: Page, name: string) => give(tab, tab.getByRole('button', { name: 'Add images' }), [{ ...sample(name), name: 'image.png' }]);
  await add(page, 'a1.png');
  await add(other, 'a4.png');
  await expect.poll(() => stored(page)).toBe(2);
  await page.reload();
  await expect.poll(async () => (await images(page)).filter((name) => name?.startsWith('image.png')).length).toBe(2);
  // The same file a second time is the same image.
  await add(page, 'a1.png');
  await saved(page);
  expect((await images(page)).filter((name) => name?.startsWith('image.png')).length).toBe(2);
  await close();
});

it('brings back what earlier versions kept by name', async () => {
  const { page, close } = await studio.open({ on: simd, hash: 'model=none' });
  await page.evaluate(
    async ({ picture, files }) => {
      const bytes = (base64: string): ArrayBuffer => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)).buffer;
      const request = indexedDB.open('munit-own');
      request.onupgradeneeded = () => request.result.createObjectStore('kept');
      await new Promise((resolve) => request.addEventListener('success', resolve));
      const store = request.result.transaction('kept', 'readwrite').objectStore('kept');
      store.put(['file:old.png'], 'pictures');
      store.put({ file: { bytes: bytes(picture), name: 'old.png', type: 'image/png' }, domain: 'a' }, 'picture file:old.png');
      store.put([{ name: 'earlier', bytes: 2.5e6, usedAt: 1 }], 'models');
      store.put(files.map(({ name, base64 }) => ({ name, type: '', bytes: bytes(base64) })), 'model earlier');
      await new Promise((resolve) => store.transaction.addEventListener('complete', resolve));
      request.result.close();
    },
    { picture: sample('a3.png').buffer.toString('base64'), files: ['model.json', 'model.safetensors'].map((name) => ({ name, base64: readFileSync(join(shapes, name)).toString('base64') })) },
  );
  await page.goto(`${page.url().split('#')[0]}#device=simd&side=64&model=file:earlier&image=file:old.png`);
  await page.reload();
  await translated(page);
  await page.getByRole('img', { name: 'old.png, before' }).waitFor();
  expect(await modelName(page).textContent()).toBe('earlier');
  await page.reload();
  await page.getByRole('img', { name: 'old.png, before' }).waitFor();
  await close();
});

it('keeps every model that it was given, by its content: dropped, renamed, deleted', async () => {
  const { page, close } = await studio.open({ on: simd });
  await translated(page);
  const names = Array.from({ length: 7 }, (_, i) => `exp${i + 1}`);
  for (const [i, name] of names.entries()) {
    await open(page);
    await drop(page, page.getByRole('group', { name: 'Drop a model' }), otherModel(name, 100 + i));
    await expect.poll(() => modelName(page).textContent()).toBe(name);
  }
  // Another model of a name that is taken, and one that is there already.
  mkdirSync(join(folder, 'again'));
  for (const path of [otherModel('again/exp7', 999), otherModel('again/exp1', 100)]) {
    await open(page);
    await drop(page, page.getByRole('group', { name: 'Drop a model' }), path);
    await expect.poll(() => modelName(page).textContent()).toBe(path.endsWith('exp7') ? 'exp7 2' : 'exp1');
  }
  await saved(page);
  expect((await models(page)).toSorted()).toEqual([...names, 'exp7 2'].toSorted());
  await page.getByRole('button', { name: 'Rename exp7 2' }).click();
  await page.getByRole('textbox', { name: 'New name of exp7 2' }).fill('seven');
  await page.keyboard.press('Enter');
  await page.getByText('seven', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Delete exp3' }).click();
  await page.getByRole('button', { name: 'Keep' }).click();
  await page.getByRole('button', { name: 'Delete exp3' }).click();
  await page.getByRole('button', { name: 'Delete for good' }).click();
  await expect.poll(() => page.locator('.kept-name').allTextContents().then((all) => all.toSorted())).toEqual(['exp1', 'exp2', 'exp4', 'exp5', 'exp6', 'exp7', 'seven']);
  await close();
});

it('takes of an official run the newest generator, and says which', async () => {
  const run = join(folder, 'checkpoints');
  mkdirSync(run);
  for (const name of ['gen_00000005.pt', 'gen_00000010.pt']) execFileSync(process.execPath, [cli, 'convert', shapes, '--out', join(run, name)]);
  for (const name of ['dis_00000010.pt', 'optimizer.pt']) writeFileSync(join(run, name), 'not a generator');
  const { page, close } = await studio.open({ on: simd });
  await translated(page);
  await open(page);
  await give(page, page.getByRole('button', { name: 'Pick a folder' }), run);
  await expect.poll(() => modelName(page).textContent()).toBe('checkpoints, gen_00000010.pt');
  await close();
});

it('says of a model in a link that it is not there, and shows another', async () => {
  const { page, close } = await studio.open({ hash: 'device=simd&side=64&model=nonsense&image=z9&to=c&seed=-1' });
  await page.getByText('The link names a model “nonsense”, which the studio does not have.').waitFor();
  await page.getByText('The link names an image “z9”, which the studio does not have.').waitFor();
  await page.getByText('direction (“c”)').waitFor();
  await translated(page);
  await expect.poll(() => modelName(page).textContent()).toBe('Animals');
  await close();
  const capital = await studio.open({ hash: 'device=simd&side=64&model=Shapes' });
  await translated(capital.page);
  await capital.close();
});

it('fetches no model from another host before its user agrees', async () => {
  const { page, close } = await studio.open({ hash: 'model=none' });
  const asked: string[] = [];
  await page.context().route('https://models.example/**', async (route) => {
    asked.push(route.request().url());
    await route.fulfill({ path: join(shapes, route.request().url().split('/').at(-1)!), headers: { 'access-control-allow-origin': '*' } });
  });
  await page.goto(`${page.url().split('#')[0]}#device=simd&side=64&model=https://models.example/shoes/`);
  await page.reload();
  await page.getByText('models.example', { exact: true }).waitFor();
  expect(asked).toEqual([]);
  await page.getByRole('button', { name: 'Fetch it' }).click();
  await translated(page);
  expect(asked).toContain('https://models.example/shoes/model.json');
  // Once agreed to, it is the user's own choice.
  await page.reload();
  await translated(page);
  expect(await modelName(page).textContent()).toBe('shoes');
  await close();
});
