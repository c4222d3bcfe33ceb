/** The built studio in a real browser. */
import { existsSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright';
import { afterAll, beforeAll, inject } from 'vitest';
import { serve } from '../../scripts/serve.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    readonly chromium: { readonly executablePath: string | undefined; readonly args: string[] };
  }
}

const root = fileURLToPath(new URL('../../dist', import.meta.url));
const screenshots = fileURLToPath(new URL('../../../../.cache/screenshots/', import.meta.url));

export interface OpenOptions extends BrowserContextOptions {
  /** What stands behind `#`, as in `view=morph&device=simd`. */
  readonly hash?: string;
  /** From a server that isolates the page, which gives it threads. Default false. */
  readonly isolate?: boolean;
}

export interface Studio {
  readonly page: Page;
  /** What the page threw or wrote to the console as an error. */
  readonly errors: string[];
  readonly close: () => Promise<void>;
}

/** One browser and one server for the tests of a file. */
export function useStudio(): { readonly open: (options?: OpenOptions) => Promise<Studio>; readonly address: () => string } {
  let browser: Browser;
  let server: Awaited<ReturnType<typeof serve>>;
  let isolating: Awaited<ReturnType<typeof serve>>;
  beforeAll(async () => {
    if (!existsSync(`${root}/index.html`)) throw new Error('The studio is not built. Run: npm test -- --only build,studio');
    server = await serve({ root });
    isolating = await serve({ root, isolate: true });
    const { executablePath, args } = inject('chromium');
    // The full browser says for itself that it is headless: Playwright's own switch picks a shell without WebGPU.
    browser = await chromium.launch({ headless: false, args, ...(executablePath === undefined ? {} : { executablePath }) });
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
    await isolating.close();
  });
  const open = async ({ hash = '', isolate = false, ...options }: OpenOptions = {}): Promise<Studio> => {
    const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, acceptDownloads: true, ...options });
    context.setDefaultTimeout(90_000);
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    await page.goto(`${(isolate ? isolating : server).address}${hash === '' ? '' : `#${hash}`}`);
    return { page, errors, close: () => context.close() };
  };
  return { open, address: () => server.address };
}

/** The translation is there, and no other is being made. */
export async function translated(page: Page): Promise<void> {
  await page.locator('section.stage[aria-busy="false"] canvas').first().waitFor();
}

/** The bytes that a canvas shows: RGBA. */
export function pixels(page: Page, selector: string): Promise<number[]> {
  return page.locator(selector).first().evaluate((canvas: HTMLCanvasElement) => {
    const { width, height } = canvas;
    return [...canvas.getContext('2d')!.getImageData(0, 0, width, height).data];
  });
}

/** The translated picture of the stage. */
export const AFTER = '.pair figure:last-of-type canvas';

/** Kept for people to look at: `.cache/screenshots`. */
export async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: `${screenshots}${name}.png` });
}

/** Moves a slider as its user does. */
export async function slide(page: Page, label: string, value: number): Promise<void> {
  await page.getByRole('slider', { name: label, exact: true }).fill(String(value));
}

/** The mean of |a − b| over all bytes. */
export const difference = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, x, i) => sum + Math.abs(x - (b[i] ?? 0)), 0) / a.length;
