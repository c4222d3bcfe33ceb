/** Other models than the bundled one, and images of the user's own. */
import { Buffer } from 'node:buffer';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { file, give, sample } from './support/files.js';
import { AFTER, difference, pixels, translated } from './support/pictures.js';
import { useStudio } from './support/studio.js';

const studio = useStudio();
const shapes = fileURLToPath(new URL('../public/models/shapes', import.meta.url));
const cli = fileURLToPath(new URL('../../../packages/cli/dist/main.js', import.meta.url));
const STYLE = 'device=simd&image=a2&style=0.5,-1,0,1,0.25,-0.5,0.75,-0.25';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'munit-studio-'));
  execFileSync(process.execPath, [cli, 'convert', shapes, '--out', join(folder, 'gen_00000001.pt')]);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('loads an official checkpoint, a folder and an address, which all translate alike', async () => {
  const { page, errors, close } = await studio.open({ hash: STYLE });
  await translated(page);
  const expected = await pixels(page, AFTER);
  const name = page.locator('.model-name strong');

  for (const [button, files, called] of [
    ['Pick a file', join(folder, 'gen_00000001.pt'), 'gen_00000001.pt'],
    ['Pick a folder', shapes, 'shapes'],
  ] as const) {
    await page.getByRole('button', { name: 'Change …' }).click();
    await give(page, page.getByRole('button', { name: button }), files);
    await expect.poll(() => name.textContent()).toBe(called);
    // A checkpoint does not say at which size it was trained.
    await page.getByRole('combobox', { name: /^Size/ }).selectOption('64');
    await translated(page);
    await expect.poll(async () => difference(await pixels(page, AFTER), expected)).toBeLessThan(0.01);
  }

  await page.getByRole('button', { name: 'Change …' }).click();
  await page.getByRole('textbox', { name: /^Address/ }).fill(`${studio.address()}models/shapes/`);
  await page.getByRole('button', { name: 'Load', exact: true }).click();
  await expect.poll(() => page.url()).toContain('model=http');
  await translated(page);
  await expect.poll(async () => difference(await pixels(page, AFTER), expected)).toBeLessThan(0.01);
  expect(errors).toEqual([]);
  await close();
});

it('loads the archive that it saves, and says of another what it is', async () => {
  const { page, close } = await studio.open({ hash: `${STYLE}&model=none` });
  const archive = (names: readonly string[]): Buffer => Buffer.from(zipSync(Object.fromEntries(names.map((name) => [`shapes/${name}`, readFileSync(join(shapes, name))]))));
  const pick = async (name: string, content: string | Buffer): Promise<void> => {
    await page.getByRole('button', { name: 'Choose …' }).click();
    await give(page, page.getByRole('button', { name: 'Pick a file' }), [file(name, 'application/zip', content)]);
  };
  const alerts = page.locator('.notices [role=alert]');
  await pick('photos.zip', archive(['README.md']));
  await expect.poll(() => alerts.textContent()).toContain('photos.zip holds no model.');
  await pick('torn.zip', archive(['model.json']).subarray(0, 50));
  await expect.poll(() => alerts.textContent()).toContain('torn.zip is not an archive that can be read.');
  await pick('shapes.zip', archive(['model.json', 'model.safetensors', 'README.md']));
  await translated(page);
  expect(await page.locator('.model-name strong').textContent()).toBe('shapes');
  await expect.poll(() => page.url()).toContain('model=file:shapes');
  await close();
});

it('loads a model of the Hugging Face Hub by its name', async () => {
  const { page, errors, close } = await studio.open({ hash: `${STYLE}&model=none` });
  const asked: string[] = [];
  await page.context().route('https://huggingface.co/**', async (route) => {
    const path = new URL(route.request().url()).pathname;
    asked.push(path);
    await route.fulfill({ path: join(shapes, path.replace('/somebody/shapes/resolve/main/', '')), headers: { 'access-control-allow-origin': '*' } });
  });
  await page.getByRole('button', { name: 'Choose …' }).click();
  await page.getByRole('textbox', { name: /^Address/ }).fill('hf:somebody/shapes');
  await page.getByRole('button', { name: 'Load', exact: true }).click();
  await translated(page);
  await expect.poll(() => page.url()).toContain('model=hf:somebody/shapes');
  expect([...new Set(asked)].sort()).toEqual(['model.json', 'model.safetensors'].map((name) => `/somebody/shapes/resolve/main/${name}`));
  const fromHub = await pixels(page, AFTER);
  await page.getByRole('button', { name: 'Change …' }).click();
  await page.getByRole('button', { name: /^Shapes/ }).click();
  await expect.poll(() => page.url()).toContain('model=shapes');
  await translated(page);
  expect(difference(await pixels(page, AFTER), fromHub)).toBe(0);
  expect(errors).toEqual([]);
  await close();
});

it('takes a photo', async () => {
  const { page, errors, close } = await studio.open({ hash: STYLE });
  await translated(page);
  const dialog = page.getByRole('dialog', { name: 'Take a photo' });
  // A camera that is open and shows nothing yet: there is nothing to take.
  await page.evaluate(() => {
    const media = navigator.mediaDevices;
    media.getUserMedia = () => {
      media.getUserMedia = MediaDevices.prototype.getUserMedia;
      return Promise.resolve(new MediaStream());
    };
  });
  await page.getByRole('button', { name: 'Take a photo' }).click();
  await expect.poll(() => dialog.locator('video').evaluate((video: HTMLVideoElement) => video.srcObject !== null)).toBe(true);
  expect(await dialog.getByRole('button', { name: 'Take it' }).isDisabled()).toBe(true);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Take a photo' }).click();
  // What the camera sees is in the page before somebody presses the button.
  await expect.poll(() => dialog.locator('video').evaluate((video: HTMLVideoElement) => video.videoWidth)).toBeGreaterThan(0);
  await dialog.getByRole('button', { name: 'Take it' }).click();
  await page.getByRole('img', { name: /^photo .*, before$/ }).waitFor();
  const [width, height] = await page.locator(AFTER).evaluate((canvas: HTMLCanvasElement) => [canvas.width, canvas.height]);
  expect([Math.min(width!, height!), Math.max(width!, height!) > 64]).toEqual([64, true]);
  expect(new Set(await pixels(page, '.pair figure:first-of-type canvas')).size).toBeGreaterThan(10);
  expect(errors).toEqual([]);
  await close();
});

it('takes a drawing in SVG, with and without a size, and says of a broken one that it is none', async () => {
  const { page, close } = await studio.open({ hash: STYLE });
  await translated(page);
  const svg = (size: string): string => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10" ${size}><rect x="5" y="2" width="10" height="6" fill="none" stroke="black"/></svg>`;
  for (const [name, size] of [['sized.svg', 'width="40" height="20"'], ['free.svg', '']] as const) {
    await give(page, page.getByRole('button', { name: 'Add images' }), [file(name, 'image/svg+xml', svg(size))]);
    const before = page.getByRole('img', { name: `${name}, before` });
    await before.waitFor();
    expect(await before.evaluate((canvas: HTMLCanvasElement) => [canvas.width, canvas.height])).toEqual([128, 64]);
    // The upper side of the rectangle is drawn, its inside is not. // RGBA
    const at = (x: number, y: number): Promise<number[]> => before.evaluate((canvas: HTMLCanvasElement, [x, y]) => [...canvas.getContext('2d')!.getImageData(x!, y!, 1, 1).data], [x, y]);
    expect((await at(64, 13))[3]).toBeGreaterThan(128);
    expect((await at(64, 32))[3]).toBe(0);
  }
  await give(page, page.getByRole('button', { name: 'Add images' }), [file('torn.svg', 'image/svg+xml', '<svg')]);
  await expect.poll(() => page.locator('.notices [role=alert]').textContent()).toContain('torn.svg is not an image that this browser can read.');
  await close();
});

it('takes an image that is pasted or dropped', async () => {
  const { page, close } = await studio.open({ hash: STYLE });
  await translated(page);
  const picture = sample('a5.png').buffer.toString('base64');
  // In WebKit the entry of an image that is not a file on disk cannot be read.
  await page.evaluate(() => {
    const entry = { isFile: true, isDirectory: false, file: (_: unknown, fail: (error: Error) => void) => fail(new DOMException('Path does not exist', 'NotFoundError')) };
    DataTransferItem.prototype.webkitGetAsEntry = () => entry as unknown as FileSystemEntry;
  });
  for (const [type, name] of [['paste', 'pasted.png'], ['drop', 'dropped.png']] as const) {
    await page.evaluate(
      async ([type, name, base64]) => {
        const blob = await (await fetch(`data:image/png;base64,${base64}`)).blob();
        const data = new DataTransfer();
        data.items.add(new File([blob], name, { type: 'image/png' }));
        document.body.dispatchEvent(type === 'paste' ? new ClipboardEvent('paste', { clipboardData: data, bubbles: true }) : new DragEvent('drop', { dataTransfer: data, bubbles: true }));
      },
      [type, name, picture] as const,
    );
    await page.getByRole('button', { name, exact: true }).and(page.locator('[aria-pressed="true"]')).first().waitFor();
    await page.getByRole('img', { name: `${name}, before` }).waitFor();
  }
  const mine = await pixels(page, AFTER);
  await page.getByRole('button', { name: 'Outline 6', exact: true }).click();
  await page.getByRole('img', { name: 'Outline 6, before' }).waitFor();
  expect(difference(await pixels(page, AFTER), mine)).toBe(0);
  await close();
});
