/** A Chromium with WebGPU, on a page of ours: our code and the files of the bench are served to it from where they lie. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { createServer } from 'vite';
import type { Bench } from './page/main.js';

export interface Page {
  /** Calls a method of the page's `Bench`. */
  ask<K extends 'about' | 'count' | 'commands' | 'steps' | 'compare' | 'op'>(method: K, ...given: Parameters<Bench[K]>): Promise<Awaited<ReturnType<Bench[K]>>>;
  ops(): Promise<Bench['ops']>;
  /** The address of a file of the folder. */
  address(path: string): string;
  close(): Promise<void>;
}

/** WebGPU on SwiftShader where there is no GPU; a browser that never calls home. */
const software = ['--use-webgpu-adapter=swiftshader'];
const flags = ['--headless=new', '--no-sandbox', '--enable-unsafe-webgpu', '--enable-features=Vulkan', '--disable-background-networking', '--disable-component-update', '--no-first-run'];

/** The full browser: the headless shell has no WebGPU. */
const chromiumPaths = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];

export async function openPage(folder: string, hardware: boolean): Promise<Page> {
  const bench = fileURLToPath(new URL('../..', import.meta.url));
  const server = await createServer({
    configFile: false,
    root: bench,
    cacheDir: join(folder, 'vite'),
    logLevel: 'error',
    server: { port: 0, fs: { allow: [join(bench, '..'), folder] }, watch: null, hmr: false },
    // Served as they are: they find their WebAssembly beside themselves.
    optimizeDeps: { exclude: ['onnxruntime-web'] },
    plugins: [{ name: 'page', configureServer: ({ middlewares }) => void middlewares.use('/bench.html', (_, response) => response.setHeader('Content-Type', 'text/html').end(html)) }],
  });
  await server.listen();
  const named = process.env['MUNIT_CHROMIUM'];
  const executablePath = named ?? chromiumPaths.find((path) => existsSync(path));
  const browser = await chromium.launch({ headless: false, args: [...flags, ...(hardware ? [] : software)], ...(executablePath === undefined ? {} : { executablePath }) });
  const page = await browser.newPage();
  page.setDefaultTimeout(0);
  const troubles: string[] = [];
  page.on('pageerror', (error) => troubles.push(error.message));
  await page.goto(`${server.resolvedUrls?.local[0] ?? ''}bench.html`);
  await page.waitForFunction(() => 'munitBench' in window, undefined, { timeout: 120_000 }).catch((cause: unknown) => {
    throw new Error(`The page of the bench did not start. ${troubles.join(' ')}`, { cause });
  });
  return {
    ask: (method, ...given) =>
      page.evaluate(
        ([name, list]) => (window as unknown as { munitBench: Record<string, (...all: unknown[]) => Promise<never>> }).munitBench[name]?.(...list) as Promise<never>,
        [method, given] as const,
      ),
    ops: () => page.evaluate(() => (window as unknown as { munitBench: Bench }).munitBench.ops),
    address: (path) => `/@fs${path}`,
    close: async () => {
      await browser.close();
      await server.close();
    },
  };
}

const html = '<!doctype html><meta charset="utf-8"><title>bench</title><script type="module" src="/dist/webgpu/page/main.js"></script>';
