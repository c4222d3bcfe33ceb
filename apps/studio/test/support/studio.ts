/** The built studio in a real browser. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright';
import { afterAll, beforeAll, inject } from 'vitest';
import { serve } from '../../scripts/serve.mjs';
import { type Device, expectAdapter } from './devices.js';

declare module 'vitest' {
  interface ProvidedContext {
    readonly chromium: { readonly executablePath: string | undefined; readonly args: string[] };
  }
}

/** A camera that shows a moving pattern, and a user who allows it. */
const camera = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];

const root = fileURLToPath(new URL('../../dist', import.meta.url));

export interface OpenOptions extends BrowserContextOptions {
  /** What stands behind `#`, as in `view=morph&image=a2`. Without a model in it, it is the shapes, which the tests know; `''` is a first visit. */
  readonly hash?: string;
  /** The device to ask for, and the size that goes with it. Default: what the page takes by itself. */
  readonly on?: Device;
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
    browser = await chromium.launch({ headless: false, args: [...args, ...camera], ...(executablePath === undefined ? {} : { executablePath }) });
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await server.close();
    await isolating.close();
  });
  const open = async ({ hash, on, isolate = false, ...options }: OpenOptions = {}): Promise<Studio> => {
    const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, acceptDownloads: true, serviceWorkers: 'block', ...options });
    context.setDefaultTimeout(Number(process.env['MUNIT_STUDIO_TIMEOUT'] ?? 90_000));
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    const model = hash === '' || /(^|&)model=/.test(hash ?? '') ? [] : ['model=shapes'];
    const state = [...model, hash ?? '', ...(on === undefined ? [] : [`device=${on.device}&side=${on.side}`])].filter((part) => part !== '').join('&');
    await page.goto(`${(isolate ? isolating : server).address}${state === '' ? '' : `#${state}`}`);
    if (on?.device === 'webgpu') await expectAdapter(page);
    return { page, errors, close: () => context.close() };
  };
  return { open, address: () => server.address };
}
