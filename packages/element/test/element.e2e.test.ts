/** The element as pages use it: one line, from another origin; attributes, events, errors, workers, and everybody's access. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { AxeBuilder } from '@axe-core/playwright';
import { loadTranslator } from '@munit/infer/node';
import type { Page } from 'playwright';
import { expect, it } from 'vitest';
import type { MunitTranslatorElement } from '../src/element.js';
import { publicFolder, shoot, usePages } from './pages.js';

const open = usePages();

const MODEL = 'src="models/shapes/" device="simd"';
const of = (page: Page, selector = 'munit-translator') => page.locator(selector);

interface Heard {
  readonly type: string;
  readonly id: string;
  readonly message?: string;
}
const heard = (page: Page): Promise<Heard[]> => page.evaluate(() => (globalThis as unknown as { heard: Heard[] }).heard);
const count = async (page: Page, type: string, id = ''): Promise<number> => (await heard(page)).filter((event) => event.type === type && event.id === id).length;
/** Waits until the element has fired an event of that type this often. */
const fired = (page: Page, type: string, times = 1, id = ''): Promise<void> => expect.poll(() => count(page, type, id), { timeout: 60_000 }).toBeGreaterThanOrEqual(times);
const codes = (page: Page, selector = 'munit-translator'): Promise<number[][]> => of(page, selector).evaluate((element: MunitTranslatorElement) => element.pictures.map(({ style }) => [...style!]));

it('translates in a page that takes it from another origin in one line, as the translator of Node does', async () => {
  const { page, errors, close } = await open(`<munit-translator ${MODEL} image="samples/a2.png" size="128" seed="7"></munit-translator>`);
  await fired(page, 'translate');
  const shown = await of(page).evaluate((element: MunitTranslatorElement) => ({ data: [...element.pictures[0]!.data], code: [...element.code], name: element.translator!.domains.b.name }));
  expect(shown.name).toBe('colours');
  const there = await loadTranslator(join(publicFolder, 'models/shapes'), { device: 'simd' });
  const { data } = await there.translate(join(publicFolder, 'samples/a2.png'), { style: shown.code });
  const [code] = there.sampleStyles(1, 7);
  there.dispose();
  for (const [i, value] of shown.code.entries()) expect(value).toBeCloseTo(code![i]!, 3);
  expect(shown.data.reduce((sum, value, i) => sum + Math.abs(value - data[i]!), 0) / data.length).toBeLessThan(0.5);
  const types = (await heard(page)).map(({ type }) => type);
  expect(types[0]).toBe('progress');
  expect(types.filter((type) => type !== 'progress')).toEqual(['load', 'translate']);
  expect(errors).toEqual([]);
  await close();
});

it('brings less than 20 kB into a page that takes it from a CDN: what computes is in the worker', () => {
  const file = readFileSync(fileURLToPath(new URL('../dist/bundle/munit-translator.js', import.meta.url)));
  expect(gzipSync(file).length).toBeLessThan(20_000);
  // All that it fetches later is TensorFlow.js, when a page asks for a tensor.
  expect([...file.toString().matchAll(/(?:from|import)\s*\(?\s*["']([^"']+)["']/g)].map(([, path]) => path)).toEqual(['./tensors.js', './tensors.js']);
});

it('follows its attributes and properties, and its controls', async () => {
  const { page, errors, close } = await open(`<munit-translator ${MODEL} image="samples/a2.png" count="3" seed="5" controls="random sliders"></munit-translator>`);
  await fired(page, 'translate');
  const first = await codes(page);
  expect(first).toHaveLength(3);
  const names = page.getByRole('button');
  await expect.poll(() => names.evaluateAll((all) => all.map((one) => one.getAttribute('aria-label') ?? one.textContent))).toEqual(['Translation 1: colours', 'Translation 2: colours', 'Translation 3: colours', 'Another style']);

  // Another style and back by the seed.
  await page.getByRole('button', { name: 'Another style' }).click();
  await fired(page, 'translate', 2);
  expect(await codes(page)).not.toEqual(first);
  await of(page).evaluate((element: MunitTranslatorElement) => element.anotherStyle(5));
  await expect.poll(() => codes(page)).toEqual(first);

  // A slider changes the translation that is chosen, and no other.
  await page.getByRole('button', { name: 'Translation 2: colours' }).click();
  expect(await page.getByRole('button', { name: 'Translation 2: colours' }).getAttribute('aria-pressed')).toBe('true');
  await page.getByText('Adjust the style').click();
  const slider = page.getByRole('slider', { name: 'Style number 1' });
  await slider.focus();
  await page.keyboard.press('End');
  await expect.poll(async () => (await codes(page))[1]![0]).toBe(3);
  expect((await codes(page)).filter((_, i) => i !== 1)).toEqual(first.filter((_, i) => i !== 1));

  // Attributes, while it is in the page.
  const element = of(page);
  const events = await count(page, 'translate');
  await element.evaluate((one) => one.setAttribute('to', 'a'));
  await fired(page, 'translate', events + 1);
  await page.getByRole('button', { name: 'Translation 1: outlines' }).waitFor();
  await element.evaluate((one) => {
    one.removeAttribute('to');
    one.setAttribute('count', '1');
    one.setAttribute('size', '32');
  });
  await expect.poll(() => element.evaluate((one: MunitTranslatorElement) => one.pictures.map(({ width }) => width))).toEqual([32]);
  await element.evaluate((one) => one.setAttribute('controls', ''));
  await expect.poll(() => page.getByRole('button').count()).toBe(0);

  // The style of an example is what the translator says it is, and the picture can be saved.
  const { style, type } = await element.evaluate(async (one: MunitTranslatorElement) => {
    await one.takeStyle('samples/b3.png');
    const blob = await one.toBlob({ type: 'image/webp' });
    return { style: [...one.code], type: blob.type };
  });
  expect(style).toHaveLength(8);
  expect(type).toBe('image/webp');
  const refusal = await element.evaluate((one: MunitTranslatorElement) => {
    try {
      one.code = [1];
    } catch (error) {
      return String(error);
    }
    return '';
  });
  expect(refusal).toContain('A style code of this model has 8 finite numbers; got 1.');
  expect(errors).toEqual([]);
  await close();
});

it('translates what is drawn while the pen moves, and takes a file or a drop in its place', async () => {
  const { page, errors, close } = await open(`<munit-translator ${MODEL} pad></munit-translator>`);
  await fired(page, 'load');
  await page.getByText('Draw here.').waitFor();
  expect(await page.getByRole('button', { name: 'Undo' }).isDisabled()).toBe(true);
  // Nothing to save, and nothing that another style would change.
  const waiting = ['Save', 'Another style', 'Style of an image', 'Clear'];
  const disabled = (): Promise<boolean[]> => Promise.all(waiting.map((name) => page.getByRole('button', { name }).isDisabled()));
  expect(await disabled()).toEqual([true, true, true, true]);
  expect(await page.getByRole('slider', { includeHidden: true }).first().isDisabled()).toBe(true);
  const sheet = page.getByRole('img', { name: /^Paper/ });
  const { x, y, width, height } = (await sheet.boundingBox())!;
  await page.mouse.move(x + 0.2 * width, y + 0.2 * height);
  await page.mouse.down();
  for (const [across, down] of [[0.8, 0.2], [0.8, 0.8], [0.2, 0.8], [0.2, 0.2]] as const) await page.mouse.move(x + across * width, y + down * height, { steps: 4 });
  // The pen is still on the paper.
  await fired(page, 'translate');
  await page.mouse.up();
  const middle = (): Promise<number> =>
    of(page).evaluate((element: MunitTranslatorElement) => {
      const { width: w, height: h, data } = element.pictures[0] ?? { width: 1, height: 1, data: [255, 255, 255] };
      const at = 3 * (Math.floor(h / 2) * w + Math.floor(w / 2));
      return Math.max(...data.slice(at, at + 3)) - Math.min(...data.slice(at, at + 3));
    });
  await expect.poll(middle).toBeGreaterThan(80);
  expect(await disabled()).toEqual([false, false, false, false]);
  expect(await page.getByRole('slider', { includeHidden: true }).first().isDisabled()).toBe(false);
  await shoot(page, 'element-pad');
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('Draw here.').waitFor();
  await expect.poll(() => of(page).evaluate((element: MunitTranslatorElement) => element.pictures.length)).toBe(0);

  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: 'Choose an image' }).click()]);
  await chooser.setFiles(join(publicFolder, 'samples/a1.png'));
  await expect.poll(middle).toBeGreaterThan(80);
  const events = await count(page, 'translate');
  const dropped = readFileSync(join(publicFolder, 'samples/a4.png')).toString('base64');
  await of(page).evaluate((element, base64) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], 'a4.png', { type: 'image/png' }));
    element.shadowRoot!.querySelector('[part=input]')!.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }, dropped);
  await fired(page, 'translate', events + 1);
  // Back to the paper.
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.getByText('Draw here.').waitFor();
  expect(errors).toEqual([]);
  await close();
});

it('bears what pages do at odd moments: an image without an address, an example while the model is loaded, a model that is not wanted any more', async () => {
  const { page, errors, close } = await open(`<munit-translator id="image" ${MODEL} image="http://"></munit-translator><munit-translator id="early" device="simd" image="samples/a2.png"></munit-translator>`);
  await page.evaluate((src) => {
    const early = document.getElementById('early')!;
    early.setAttribute('src', src);
    early.setAttribute('example', 'samples/b3.png');
  }, 'models/shapes/');
  await fired(page, 'error', 1, 'image');
  expect((await heard(page)).filter(({ id, type }) => id === 'image' && type === 'error').map(({ message }) => message)).toEqual(['The image http:// cannot be fetched. Check the address; another site has to allow this page to read it (CORS).']);
  await fired(page, 'translate', 1, 'early');
  expect(await count(page, 'error', 'early')).toBe(0);
  const loading = await page.evaluate(() => {
    const early = document.getElementById('early')!;
    early.setAttribute('device', 'cpu');
    const shown = (): boolean => !early.shadowRoot!.querySelector<HTMLElement>('[part=progress]')!.hidden;
    const before = shown();
    early.removeAttribute('src');
    return [before, shown()];
  });
  expect(loading).toEqual([true, false]);
  expect(errors).toEqual([]);
  await close();
});

it('says that it has no model where none is named, until one is', async () => {
  const { page, errors, close } = await open('<munit-translator image="samples/a2.png"></munit-translator>');
  const status = of(page).getByRole('status');
  await expect.poll(() => status.textContent()).toBe('No model yet: this element needs the address of one in its attribute src.');
  expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
  await of(page).evaluate((one) => one.setAttribute('src', 'models/shapes/'));
  await fired(page, 'translate');
  expect(await status.textContent()).toBe('');
  await of(page).evaluate((one) => one.removeAttribute('src'));
  await expect.poll(() => status.textContent()).toContain('No model yet');
  expect(errors).toEqual([]);
  await close();
});

it('says in words what went wrong, as an event and in the page, and tries again', async () => {
  const { page, close } = await open('<munit-translator id="gone" src="models/gone/" device="simd" image="samples/a2.png"></munit-translator><munit-translator id="words" src="models/shapes/" device="toaster"></munit-translator>');
  await fired(page, 'error', 1, 'gone');
  await fired(page, 'error', 1, 'words');
  const messages = (await heard(page)).filter(({ type }) => type === 'error').map(({ message }) => message);
  expect(messages.find((message) => message?.includes('models/gone'))).toContain('models/gone/ has no model.json.');
  expect(messages).toContain('device="toaster" is not a device. Use one of auto, webgpu, simd, cpu.');
  const alert = of(page, '#gone').getByRole('alert');
  expect(await alert.textContent()).toMatch(/models\/gone.*Try again$/);
  // Screen readers announce no alert inside of what is busy.
  expect(await alert.evaluate((element) => element.closest('[aria-busy]'))).toBe(null);
  expect(await of(page, '#gone').evaluate((element) => element.shadowRoot!.querySelectorAll('[aria-busy] canvas').length)).toBeGreaterThan(0);

  // What is put right works.
  await of(page, '#gone').evaluate((one) => one.setAttribute('src', 'models/shapes/'));
  await fired(page, 'translate', 1, 'gone');
  expect(await alert.isVisible()).toBe(false);
  // Not an image.
  await of(page, '#gone').evaluate((one) => one.setAttribute('image', 'models/shapes/model.json'));
  await fired(page, 'error', 2, 'gone');
  expect((await heard(page)).findLast(({ type }) => type === 'error')?.message).toMatch(/model\.json is not an image that this browser can read\./);
  await of(page, '#gone').evaluate((one) => one.setAttribute('count', 'many'));
  await expect.poll(async () => (await heard(page)).map(({ message }) => message)).toContain('count="many" is not a whole number from 1 to 64. 1 is used instead.');
  await close();
});

it('has one worker for each model, keeps it when it is moved, and ends it when it is removed', async () => {
  const one = (id: string, extra = '') => `<munit-translator id="${id}" ${MODEL} image="samples/a2.png" ${extra}></munit-translator>`;
  const { page, errors, close } = await open(`${one('p')}${one('q', 'to="a"')}<div id="other"></div>`);
  await fired(page, 'translate', 1, 'p');
  await fired(page, 'translate', 1, 'q');
  expect(page.workers()).toHaveLength(1);
  // Moved within the page: no second load.
  await page.evaluate(() => document.getElementById('other')!.append(document.getElementById('p')!));
  await page.waitForTimeout(100);
  expect(await count(page, 'load', 'p')).toBe(1);
  await page.evaluate(() => document.getElementById('p')!.remove());
  await page.waitForTimeout(100);
  expect(page.workers()).toHaveLength(1);
  // The other one still works.
  const events = await count(page, 'translate', 'q');
  await of(page, '#q').evaluate((element: MunitTranslatorElement) => element.anotherStyle(3));
  await fired(page, 'translate', events + 1, 'q');
  await page.evaluate(() => document.getElementById('q')!.remove());
  await expect.poll(() => page.workers().length).toBe(0);
  // And one that comes back loads its model again.
  await page.evaluate(() => {
    const made = document.createElement('munit-translator');
    Object.assign(made, { id: 'r', src: 'models/shapes/', image: 'samples/a2.png' });
    made.setAttribute('device', 'simd');
    document.querySelector('main')!.append(made);
  });
  await fired(page, 'translate', 1, 'r');
  expect(page.workers()).toHaveLength(1);
  // A model that is still being loaded is given up.
  await page.evaluate(() => {
    document.getElementById('r')!.remove();
    const made = document.createElement('munit-translator');
    Object.assign(made, { src: 'models/animals/' });
    document.querySelector('main')!.append(made);
    setTimeout(() => made.remove(), 20);
  });
  await expect.poll(() => page.workers().length).toBe(0);
  expect(errors).toEqual([]);
  await close();
});

it.each([
  { name: 'light', rules: undefined, options: {} },
  { name: 'dark', rules: ['color-contrast'], options: { colorScheme: 'dark' as const } },
  { name: 'phone', rules: ['target-size'], options: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } },
])('has nothing that axe objects to, and nothing wider than the page: $name', async ({ name, rules, options }) => {
  const { page, close } = await open(`<munit-translator id="many" ${MODEL} image="samples/a2.png" count="4"></munit-translator><munit-translator id="pad" ${MODEL} pad></munit-translator><munit-translator id="empty" ${MODEL}></munit-translator><munit-translator id="broken" src="models/gone/"></munit-translator>`, options);
  await fired(page, 'translate', 1, 'many');
  await fired(page, 'load', 1, 'empty');
  await fired(page, 'error', 1, 'broken');
  await of(page, '#many').getByText('Adjust the style').click();
  await shoot(page, `element-${name}`);
  const axe = new AxeBuilder({ page });
  const { violations } = await (rules === undefined ? axe : axe.withRules(rules)).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBeLessThanOrEqual(0);
  await close();
});
