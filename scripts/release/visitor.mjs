import { chromium } from 'playwright';
import { findChromium } from '../lib/devices.mjs';

/**
 * Opens a page in Chromium as somebody would who waits until it says "Translated on …", and looks at its pictures.
 * @param {string} url @param {{ pictures: number, says?: RegExp, answers?: Record<string, Buffer> }} options `says`: what it says when it is done; `answers`: what addresses elsewhere would send.
 * @returns {Promise<string[]>} What went wrong.
 */
export async function lookAt(url, { pictures, says = /^Translated on /, answers = {} }) {
  const executablePath = findChromium();
  const browser = await chromium.launch({ args: ['--no-sandbox'], ...(executablePath === undefined ? {} : { executablePath }) });
  try {
    const context = await browser.newContext();
    /** @type {string[]} */
    const problems = [];
    for (const [address, body] of Object.entries(answers))
      await context.route(address, (route) => route.fulfill({ body, contentType: 'text/javascript', headers: { 'Access-Control-Allow-Origin': '*' } }));
    const page = await context.newPage();
    page.on('pageerror', (error) => problems.push(`The page throws ${error.message}`));
    await page.goto(url);
    const output = page.locator('output');
    await output.filter({ hasText: says }).waitFor({ timeout: 180_000 }).catch(async () => problems.push(`The page says "${await output.textContent().catch(() => 'nothing')}" after three minutes.`));
    const colours = await page.locator('canvas').evaluateAll((canvases) => 
      canvases.map((canvas) => {
        const { width, height } = /** @type {HTMLCanvasElement} */ (canvas);
        const data = /** @type {HTMLCanvasElement} */ (canvas).getContext('2d')?.getImageData(0, 0, width, height).data ?? new Uint8ClampedArray();
        return new Set(new Uint32Array(data.buffer)).size;
      }),
    );
    if (colours.length !== pictures) problems.push(`The page shows ${colours.length} pictures for ${pictures}.`);
    // A drawing in colour has hundreds; an empty canvas has one.
    for (const count of colours) if (count < 100) problems.push(`A picture has only ${count} colours.`);
    return problems;
  } finally {
    await browser.close();
  }
}
