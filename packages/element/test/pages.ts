/** Pages that use the built element, from a server of their own; the element's files come from another origin, as from a CDN. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright';
import { afterAll, beforeAll, inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    readonly chromium: { readonly executablePath: string | undefined; readonly args: string[] };
  }
}

export const publicFolder = fileURLToPath(new URL('../../../apps/studio/public/', import.meta.url));
const bundle = fileURLToPath(new URL('../dist/bundle/', import.meta.url));
const screenshots = fileURLToPath(new URL('../../../.cache/screenshots/', import.meta.url));

const types: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.json': 'application/json', '.png': 'image/png' };

/** Files of a folder, for pages of any origin. */
function serve(root: string, html?: () => string): Promise<{ readonly server: Server; readonly address: string }> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const file = join(root, path);
    if (path === '/' && html !== undefined) return void response.writeHead(200, { 'Content-Type': 'text/html' }).end(html());
    if (!existsSync(file) || path.endsWith('/')) return void response.writeHead(404).end();
    response.writeHead(200, { 'Content-Type': types[extname(file)] ?? 'application/octet-stream', 'Access-Control-Allow-Origin': '*' }).end(readFileSync(file));
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve({ server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }));
  });
}

export interface ElementPage {
  readonly page: Page;
  /** What the page threw or wrote to the console as an error. */
  readonly errors: string[];
  readonly close: () => Promise<void>;
}

/** One browser and two servers for the tests of a file. @returns opens a page with this body */
export function usePages(): (body: string, options?: BrowserContextOptions) => Promise<ElementPage> {
  let browser: Browser;
  let site: Awaited<ReturnType<typeof serve>>;
  let cdn: Awaited<ReturnType<typeof serve>>;
  let body = '';
  beforeAll(async () => {
    if (!existsSync(`${bundle}munit-translator.js`)) throw new Error('The element is not built. Run: npm test -- --only build,studio');
    cdn = await serve(bundle);
    site = await serve(publicFolder, () => `<!doctype html><html lang="en"><head><meta name="color-scheme" content="light dark"><meta name="viewport" content="width=device-width"><title>Test</title><link rel="icon" href="data:,"><script type="module" src="${cdn.address}munit-translator.js"></script></head><body><main><h1>Test</h1>${body}</main></body></html>`);
    const { executablePath, args } = inject('chromium');
    browser = await chromium.launch({ headless: false, args, ...(executablePath === undefined ? {} : { executablePath }) });
  });
  afterAll(async () => {
    await browser.close();
    for (const { server } of [site, cdn]) {
      server.closeAllConnections();
      server.close();
    }
  });
  return async (content, options = {}) => {
    body = content;
    const context = await browser.newContext({ viewport: { width: 900, height: 800 }, ...options });
    context.setDefaultTimeout(60_000);
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    // Events that come before anybody asks are there to be read.
    await page.addInitScript(() => {
      const heard: unknown[] = ((globalThis as unknown as { heard: unknown[] }).heard = []);
      for (const type of ['load', 'progress', 'translate', 'error']) {
        document.addEventListener(type, (event) => event.target instanceof HTMLElement && event.target.localName === 'munit-translator' && heard.push({ type, id: event.target.id, message: (event as ErrorEvent).message }), { capture: true });
      }
    });
    await page.goto(site.address);
    return { page, errors, close: () => context.close() };
  };
}

/** Kept for people to look at: `.cache/screenshots`. */
export async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: `${screenshots}${name}.png`, fullPage: true });
}
