import { AxeBuilder } from '@axe-core/playwright';
import { readdirSync } from 'node:fs';
import { chromium } from 'playwright';
import { findChromium } from '../../scripts/lib/devices.mjs';
import { serveFolder } from '../../scripts/release/server.mjs';

const screens = [
  { name: 'desktop, light', viewport: { width: 1280, height: 800 }, colorScheme: /** @type {const} */ ('light') },
  { name: 'phone, dark', viewport: { width: 375, height: 740 }, colorScheme: /** @type {const} */ ('dark') },
];

/** What the first page may fetch before anybody scrolls, in bytes as they are sent (gzip). */
const firstPage = 300_000;

/** What a careful host sends: scripts from the site alone, none in its pages and none made of text; WebAssembly compiles. */
const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; worker-src 'self' blob:; object-src 'none'";

/**
 * Uses the first page and the search under a strict Content-Security-Policy: the box finds what to do before the reference.
 * @param {import('playwright').Browser} browser @param {string} dist
 * @returns {Promise<string[]>} What is wrong.
 */
async function underPolicy(browser, dist) {
  const { url, close } = await serveFolder(dist, { gzip: true, headers: { 'Content-Security-Policy': policy } });
  const page = await browser.newPage();
  /** @type {string[]} */
  const problems = [];
  page.on('pageerror', (error) => problems.push(`Under a strict policy the first page throws ${error.message}`));
  try {
    await page.goto(url, { waitUntil: 'networkidle' });
    await page.locator('.live-translator').scrollIntoViewIfNeeded();
    await page.getByRole('slider').first().waitFor({ timeout: 60_000 });
    await page.keyboard.press('Control+k');
    await page.locator('#localsearch-input').fill('out of memory');
    const first = page.locator('.results .result').first();
    await first.waitFor({ timeout: 30_000 });
    const found = await first.getAttribute('href');
    if (!/guide\/troubleshooting/.test(found ?? '')) problems.push(`The search box finds ${found} first for "out of memory".`);
  } catch (error) {
    problems.push(`Under a strict policy the first page does not work: ${String(error)}`);
  } finally {
    await page.close();
    close();
  }
  return problems;
}

/**
 * Looks at pages of the built site in Chromium: axe finds nothing, nothing is wider than the screen, no script fails, and the first page is light.
 * @param {string} dist
 * @param {{ pages?: readonly string[] | undefined, onPage?: (where: string, found: readonly string[]) => void }} [options] `pages`: default all; `onPage`: told
 * what each page has that is wrong, for whom would wait for minutes without a word.
 * @returns {Promise<string[]>} What is wrong.
 */
export async function examine(dist, { pages = readdirSync(dist, { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/')).filter((path) => path.endsWith('.html') && path !== '404.html'), onPage } = {}) {
  const executablePath = findChromium();
  const { url, close } = await serveFolder(dist, { gzip: true });
  const browser = await chromium.launch({ args: ['--no-sandbox'], ...(executablePath === undefined ? {} : { executablePath }) });
  /** @type {string[]} */
  const problems = [];
  try {
    for (const { name, ...settings } of screens) {
      const context = await browser.newContext({ ...settings, reducedMotion: 'reduce' });
      const page = await context.newPage();
      for (const path of pages) {
        const where = `${path} (${name})`;
        const before = problems.length;
        const failed = (/** @type {Error} */ error) => problems.push(`${where} throws ${error.message}`);
        page.on('pageerror', failed);
        let bytes = 0;
        const count = async (/** @type {import('playwright').Request} */ request) => (bytes += (await request.sizes().catch(() => ({ responseBodySize: 0 }))).responseBodySize);
        page.on('requestfinished', count);
        await page.goto(`${url}${path}`, { waitUntil: 'networkidle' });
        if (path === 'index.html' && bytes > firstPage) problems.push(`${where} fetches ${bytes} bytes, more than ${firstPage}.`);
        // What is fetched only when somebody scrolls to it is looked at too.
        const live = page.locator('.live-translator');
        if ((await live.count()) > 0) {
          await live.scrollIntoViewIfNeeded();
          await page.getByRole('slider').first().waitFor({ timeout: 60_000 });
        }
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        if (wide > 0) problems.push(`${where} is ${wide} pixels wider than the screen.`);
        const { violations } = await new AxeBuilder({ page }).analyze();
        problems.push(...violations.map(({ id, help, nodes }) => `${where}: ${id}: ${help}: ${nodes.length} times, first ${nodes[0]?.html.slice(0, 160)}`));
        page.off('pageerror', failed);
        page.off('requestfinished', count);
        onPage?.(where, problems.slice(before));
      }
      await context.close();
    }
    problems.push(...(await underPolicy(browser, dist)));
  } finally {
    await browser.close();
    close();
  }
  return problems;
}
