import { playwright } from '@vitest/browser-playwright';
import { defaultClientConditions, defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';
import { findChromium, softwareVulkan } from './scripts/lib/devices.mjs';

// Workspace packages resolve to their TypeScript source, so that a test never runs against a stale build.
const source = '@munit/source';
const serverConditions = [source, ...defaultServerConditions];
const tests = (suffix: string): string[] => ['packages', 'apps', 'bench'].map((folder) => `${folder}/**/*${suffix}`);
const never = ['**/node_modules/**', '**/dist/**', '**/.cache/**'];

/** Chromium that never calls home, with WebGPU on a software adapter where there is no GPU. */
const chromiumArguments = [
  '--headless=new',
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
  '--no-default-browser-check',
  '--metrics-recording-only',
];

const executablePath = findChromium();

/** Dumps of the published code besides the committed ones, which browser tests may read too. */
const referenceFiles = process.env['MUNIT_REFERENCE_DIR'] ?? '';

// Set here, because the loader of libraries reads its part when a test process starts.
Object.assign(process.env, softwareVulkan());

/** None of these is a measure of time: on a busy machine, what is right comes late. */
const patience = { hookTimeout: 120_000, expect: { poll: { timeout: 20_000 } } };

export default defineConfig({
  test: {
    passWithNoTests: false,
    // One process per core: a test's own threads are few and short.
    maxWorkers: '100%',
    projects: [
      {
        resolve: { conditions: serverConditions },
        ssr: { resolve: { conditions: serverConditions, externalConditions: serverConditions } },
        test: {
          name: 'node',
          environment: 'node',
          // A native backend lives in one thread of one process, and a WebGPU device keeps its process alive.
          pool: 'forks',
          include: [...tests('.test.ts'), 'scripts/**/*.test.mjs', 'docs/scripts/*.test.mjs'],
          exclude: [...never, '**/*.browser.test.ts', '**/*.e2e.test.ts'],
          ...patience,
          testTimeout: 30_000,
        },
      },
      {
        resolve: { conditions: serverConditions },
        ssr: { resolve: { conditions: serverConditions, externalConditions: serverConditions } },
        test: {
          // Playwright over what `pnpm build` made of the studio, served as any static host would, and over pages that packages write.
          name: 'studio',
          environment: 'node',
          pool: 'forks',
          include: tests('.e2e.test.ts'),
          exclude: never,
          ...patience,
          testTimeout: 180_000,
          expect: { poll: { timeout: 60_000 } },
          provide: { chromium: { executablePath, args: chromiumArguments } },
        },
      },
      {
        resolve: { conditions: [source, ...defaultClientConditions] },
        // Cross-origin isolation: without it a page has no SharedArrayBuffer, and so no threads.
        server: {
          headers: {
            'Cross-Origin-Opener-Policy': 'same-origin',
            'Cross-Origin-Embedder-Policy': 'require-corp',
          },
          fs: { allow: [import.meta.dirname, ...(referenceFiles === '' ? [] : [referenceFiles])] },
        },
        test: {
          name: 'browser',
          env: { MUNIT_REFERENCE_DIR: referenceFiles },
          include: tests('.browser.test.ts'),
          exclude: never,
          ...patience,
          testTimeout: 60_000,
          browser: {
            enabled: true,
            // The full browser says for itself that it is headless: Playwright's own switch picks a shell without WebGPU.
            headless: false,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: { args: chromiumArguments, ...(executablePath === undefined ? {} : { executablePath }) },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
