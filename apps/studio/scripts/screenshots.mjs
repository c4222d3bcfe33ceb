// node scripts/screenshots.mjs [name …]: takes the images of the built studio that the READMEs show, all or those named.
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import sharp from 'sharp';
import { findChromium } from '../../../scripts/lib/devices.mjs';
import { serve } from './serve.mjs';

/**
 * @typedef {import('playwright').Page} Page
 * @typedef {{ size: [width: number, height: number], path?: string, hash?: string, options?: import('playwright').BrowserContextOptions, act: (page: Page) => Promise<void> }} Scene
 */

const docs = fileURLToPath(new URL('../../../docs/', import.meta.url));
const wide = /** @type {[number, number]} */ ([1400, 875]);
const phone = /** @type {import('playwright').BrowserContextOptions} */ ({ colorScheme: 'dark', hasTouch: true, isMobile: true, deviceScaleFactor: 2 });

/** @param {Page} page */
const allStyles = (page) => page.locator('.tile[data-fresh="true"]').nth(11).waitFor();

/** @typedef {[x: number, y: number]} Point As parts of the paper. */

/**
 * Part of an ellipse.
 * @param {Point} centre @param {Point} radii @param {number} turns @returns {Point[]}
 */
const arc = ([x, y], [across, down], turns) =>
  Array.from({ length: 49 }, (_, i) => [x + across * Math.cos((2 * Math.PI * turns * i) / 48), y + down * Math.sin((2 * Math.PI * turns * i) / 48)]);

/** A cat, stroke by stroke: head, ears, eyes, nose and mouth. */
const cat = /** @type {Point[][]} */ ([
  arc([0.5, 0.57], [0.38, 0.31], 1),
  [[0.2, 0.36], [0.14, 0.1], [0.38, 0.27]],
  [[0.8, 0.36], [0.86, 0.1], [0.62, 0.27]],
  ...[0.33, 0.67].flatMap((x) => [arc([x, 0.52], [0.02, 0.02], 1), arc([x, 0.52], [0.008, 0.008], 1)]),
  [[0.46, 0.62], [0.54, 0.62], [0.5, 0.67], [0.46, 0.62]],
  arc([0.46, 0.68], [0.04, 0.035], 0.5),
  arc([0.54, 0.68], [0.04, 0.035], 0.5),
]);

/** @param {Page} page @param {import('playwright').Locator} paper */
async function drawCat(page, paper) {
  const box = await paper.boundingBox();
  if (box === null) throw new Error('There is no paper.');
  for (const stroke of cat) {
    for (const [i, [x, y]] of stroke.entries()) {
      await page.mouse.move(box.x + x * box.width, box.y + y * box.height);
      if (i === 0) await page.mouse.down();
    }
    await page.mouse.up();
  }
}

/** @type {Readonly<Record<string, Scene>>} */
const scenes = {
  studio: { size: wide, act: allStyles },
  'studio-draw': {
    size: wide,
    async act(page) {
      await allStyles(page);
      await page.getByRole('button', { name: 'Draw', exact: true }).click();
      await drawCat(page, page.locator('canvas.pad'));
      await page.waitForTimeout(500);
      await allStyles(page);
    },
  },
  'studio-morph': {
    size: [1400, 657],
    hash: 'view=morph&image=animal-a2&start=0.5,-1,0,1,0.25,-0.5,0.75,-0.25&end=-1.5,1,-1,-1,0.5,0.75,-1,1',
    async act(page) {
      await page.getByRole('button', { name: 'Save as video' }).and(page.locator(':enabled')).waitFor();
      await page.getByRole('slider', { name: 'Position' }).fill('0.5');
    },
  },
  'studio-grid': {
    size: [1400, 657],
    hash: 'view=grid',
    act: (page) => page.locator('.sheet .tile canvas[width="64"]').nth(19).waitFor(),
  },
  'studio-train': {
    size: wide,
    hash: 'view=train',
    async act(page) {
      await page.getByRole('radio', { name: 'Medium' }).check();
      await page.getByRole('button', { name: 'Start training' }).click();
      await page.getByText('Finished: 2000 steps').waitFor({ timeout: 1_200_000 });
    },
  },
  element: {
    size: [900, 1010],
    path: 'element.html',
    async act(page) {
      await page.getByText('Four styles of one drawing: translate', { exact: false }).first().waitFor({ state: 'attached' });
      await drawCat(page, page.getByRole('img', { name: /^Paper/ }));
      await page.getByText('Adjust the style').nth(1).click();
      await page.evaluate(() => scrollTo(0, 0));
      await page.waitForTimeout(1000);
    },
  },
  'studio-phone': { size: [390, 844], options: phone, act: allStyles },
};

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(scenes);
const server = await serve({ root: fileURLToPath(new URL('../dist', import.meta.url)), isolate: true });
const executablePath = findChromium();
const browser = await chromium.launch({ headless: false, args: ['--headless=new', '--no-sandbox'], ...(executablePath === undefined ? {} : { executablePath }) });
try {
  for (const name of names) {
    const scene = scenes[name];
    if (scene === undefined) throw new Error(`There is no image '${name}'; there are ${Object.keys(scenes).join(', ')}.`);
    const { size, path = '', hash = '', options, act } = scene;
    const context = await browser.newContext({ viewport: { width: size[0], height: size[1] }, deviceScaleFactor: 1, ...options });
    const page = await context.newPage();
    await page.goto(`${server.address}${path}${hash === '' ? '' : `#${hash}`}`);
    await act(page);
    await page.mouse.move(0, 0);
    await page.addStyleTag({ content: 'html { scrollbar-width: none; }' });
    await page.waitForTimeout(500);
    const png = await page.screenshot();
    // As wide as a README shows it, at most.
    const shown = sharp(png).resize({ width: Math.min(name === 'studio' ? 1400 : name === 'studio-phone' ? 420 : 900, size[0] * (options?.deviceScaleFactor ?? 1)) });
    await shown.webp({ quality: 82 }).toFile(`${docs}${name}.webp`);
    console.log(`docs/${name}.webp`);
    await context.close();
  }
} finally {
  await browser.close();
  await server.close();
}
