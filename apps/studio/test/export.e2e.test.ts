/** The gallery of models, what is exported of them, and line drawings of photographs. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { loadModel } from '@munit/formats';
import { unzipSync } from 'fflate';
import type { Page } from 'playwright';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { simd } from './support/devices.js';
import { file, give, saved } from './support/files.js';
import { pixels, shoot, translated } from './support/pictures.js';
import { useStudio } from './support/studio.js';

const studio = useStudio();
const weights = readFileSync(fileURLToPath(new URL('../public/models/shapes/model.safetensors', import.meta.url)));

const violationsIn = async (page: Page): Promise<string[]> => (await new AxeBuilder({ page }).include('dialog[open]').analyze()).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);

async function exported(page: Page, format: string): Promise<{ readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }> {
  await page.getByRole('button', { name: 'Export this model' }).click();
  await page.getByRole('radio', { name: format, exact: true }).check();
  const { name, path } = await saved(page, 'Save the model');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  return { name, bytes: new Uint8Array(readFileSync(path)) };
}

it('exports the model in use in every format, each of which is that model', async () => {
  const { page, errors, close } = await studio.open({ on: simd });
  await translated(page);
  const original = await loadModel(new Uint8Array(weights));
  const [name, { data: expected }] = [...original.networks.a][0]!;
  const same = async (bytes: Uint8Array<ArrayBuffer>): Promise<void> => {
    const model = await loadModel(bytes);
    expect(model.architecture).toEqual(original.architecture);
    expect(model.networks.a.get(name)!.data).toEqual(expected);
  };
  await page.getByRole('button', { name: 'Export this model' }).click();
  await page.getByRole('dialog', { name: 'Export Shapes' }).waitFor();
  expect(await violationsIn(page)).toEqual([]);
  await page.keyboard.press('Escape');

  const folder = await exported(page, 'Folder');
  expect(folder.name).toBe('shapes.zip');
  const files = unzipSync(folder.bytes);
  expect(Object.keys(files).sort()).toEqual(['README.md', 'model.json', 'model.safetensors']);
  await same(files['model.safetensors'] as Uint8Array<ArrayBuffer>);
  const safetensors = await exported(page, 'safetensors');
  expect(safetensors.name).toBe('shapes.safetensors');
  await same(safetensors.bytes);
  const pytorch = await exported(page, 'PyTorch');
  expect(pytorch.name).toBe('shapes.pt');
  await same(pytorch.bytes);
  const onnx = await exported(page, 'ONNX');
  expect(onnx.name).toBe('shapes-onnx.zip');
  expect(Object.keys(unzipSync(onnx.bytes)).sort()).toEqual(['content_a.onnx', 'content_b.onnx', 'decoder_a.onnx', 'decoder_b.onnx', 'style_a.onnx', 'style_b.onnx', 'translate_a_to_b.onnx', 'translate_b_to_a.onnx']);
  expect(errors).toEqual([]);
  await close();
});

it('shows what each bundled model does, and which one is in use', async () => {
  const { page, close } = await studio.open({ on: simd });
  await translated(page);
  await page.getByRole('button', { name: 'Change …' }).click();
  const gallery = page.getByRole('group', { name: 'Models that come with the studio' });
  await expect.poll(() => gallery.locator('img').evaluateAll((all) => (all as HTMLImageElement[]).map(({ complete, naturalWidth }) => complete && naturalWidth))).toEqual([392, 392]);
  expect(await gallery.locator('[aria-current="true"]').locator('strong').textContent()).toBe('Shapes');
  expect(await violationsIn(page)).toEqual([]);
  await shoot(page, 'gallery');
  await close();
});

it('says of a photograph that the model knows drawings alone, and makes one of it', async () => {
  const { page, errors, close } = await studio.open({ on: simd });
  await translated(page);
  // A red disc on blue: edges all around it, and nowhere else.
  const disc = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="300" height="300"><rect width="300" height="300" fill="#205080"/><circle cx="150" cy="150" r="80" fill="#c04020"/></svg>');
  await give(page, page.getByRole('button', { name: 'Add images' }), [file('ball.jpg', 'image/jpeg', await sharp(disc).jpeg({ quality: 95 }).toBuffer())]);
  await page.getByText(/has only seen black outlines on white, and ball\.jpg looks different/).waitFor();
  await page.getByRole('button', { name: 'Draw its lines' }).click();
  await page.getByRole('img', { name: 'ball, lines.png, before' }).waitFor();
  await translated(page);
  const data = await pixels(page, '.pair figure:first-of-type canvas');
  const side = Math.sqrt(data.length / 4);
  const dark = Array.from({ length: side * side }, (_, p) => p).filter((p) => data[4 * p]! < 160);
  const radii = dark.map((p) => Math.hypot((p % side) + 0.5 - side / 2, Math.floor(p / side) + 0.5 - side / 2) / side);
  expect(dark.length).toBeGreaterThan(side);
  // 80 of 300 pixels, at any size.
  for (const radius of radii) expect(Math.abs(radius - 80 / 300)).toBeLessThan(0.04);
  // The line drawing is what the model knows: nothing is said of it.
  expect(await page.getByText(/looks different/).count()).toBe(0);
  expect(errors).toEqual([]);
  await close();
});
