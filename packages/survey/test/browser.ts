/** A survey of three methods whose strengths are known, and a browser to answer it. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { PixelImage } from '@munit/images';
import { encodeImage } from '@munit/images/node';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright';
import { afterAll, beforeAll, inject } from 'vitest';
import type { SurveyKey, SurveyPage } from '../src/types.js';
import { readSurveyKey } from '../src/node/readAnswers.js';
import { writeSurvey, type WriteSurveyOptions } from '../src/node/writeSurvey.js';

declare module 'vitest' {
  interface ProvidedContext {
    readonly chromium: { readonly executablePath: string | undefined; readonly args: string[] };
  }
}

const screenshots = fileURLToPath(new URL('../../../.cache/screenshots/', import.meta.url));
const side = 64;
const inputs = 20;

/** A disc on white: an outline as input, filled by each method in its own colour. */
function disc(radius: number, colour: readonly number[], isFilled: boolean): PixelImage {
  const data = new Uint8Array(side * side * 3).fill(255);
  for (let i = 0; i < side * side; i++) {
    const distance = Math.hypot((i % side) - side / 2, Math.floor(i / side) - side / 2);
    const inside = isFilled && distance < radius;
    if (inside) data.set(colour, 3 * i);
    if (Math.abs(distance - radius) < 1.5) data.set([20, 20, 20], 3 * i);
  }
  return { width: side, height: side, channels: 3, data };
}

export const methodNames = ['strong', 'middle', 'weak'];
const colours = [[200, 80, 40], [60, 140, 60], [70, 80, 190]];

export interface TestSurvey {
  readonly folder: string;
  readonly address: string;
  readonly key: SurveyKey;
  readonly page: SurveyPage;
}

/** One browser and one folder for the tests of a file. */
export function useSurveys(): {
  readonly survey: (name: string, options?: Partial<WriteSurveyOptions>) => Promise<TestSurvey>;
  readonly open: (address: string, options?: BrowserContextOptions) => Promise<{ readonly page: Page; readonly context: BrowserContext; readonly errors: string[] }>;
} {
  const work = mkdtempSync(join(tmpdir(), 'munit-survey-e2e-'));
  let browser: Browser;
  beforeAll(async () => {
    for (const [k, name] of ['inputs', ...methodNames].entries()) {
      mkdirSync(join(work, name));
      for (let i = 0; i < inputs; i++) writeFileSync(join(work, name, `disc${i}.png`), await encodeImage(disc(10 + i, colours[k - 1] ?? [], k > 0), 'image/png'));
    }
    const { executablePath, args } = inject('chromium');
    browser = await chromium.launch({ headless: false, args, ...(executablePath === undefined ? {} : { executablePath }) });
  });
  afterAll(async () => {
    await browser.close();
    rmSync(work, { recursive: true });
  });
  return {
    async survey(name, options = {}) {
      const methods = methodNames.map((method) => ({ name: method, folder: join(work, method) }));
      const { folder, key } = await writeSurvey({ inputs: join(work, 'inputs'), methods, out: join(work, name), ...options });
      const html = readFileSync(join(folder, 'index.html'), 'utf8');
      const page = JSON.parse(/id="survey-data">(.*?)<\/script>/s.exec(html)![1]!) as SurveyPage;
      return { folder, address: pathToFileURL(join(folder, 'index.html')).href, key: await readSurveyKey(key), page };
    },
    async open(address, options = {}) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, acceptDownloads: true, ...options });
      const page = await context.newPage();
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error') errors.push(message.text());
      });
      await page.goto(address);
      return { page, context, errors };
    },
  };
}

/** Kept for people to look at: `.cache/screenshots`. */
export async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: `${screenshots}survey-${name}.png` });
}

/** The question is there, with its images, and can be answered. */
export async function ready(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'The left one' }).and(page.locator(':enabled')).waitFor();
}

/** The file that the page saves at its end. */
export async function savedAnswers(page: Page): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save answers' }).click()]);
  return readFileSync(await download.path(), 'utf8');
}
