import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const chromiumFolder = '/usr/lib/chromium';
const softwareDriver = join(chromiumFolder, 'vk_swiftshader_icd.json');
const loaderFolders = [
  '/usr/lib',
  '/usr/lib64',
  '/usr/local/lib',
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
];

/**
 * The environment in which WebGPU in Node (Dawn) finds an adapter on a machine without a GPU: the SwiftShader driver inside Debian's
 * `chromium` package, and, where the system has no Vulkan loader, the loader that comes with it. It must stand when a process starts.
 * Empty where that is not installed, or where a driver has been chosen already; `VK_DRIVER_FILES=` (set, but empty) asks for the
 * machine's own drivers.
 * @returns {Record<string, string>}
 */
export function softwareVulkan() {
  const chosen = process.env.VK_DRIVER_FILES !== undefined || process.env.VK_ICD_FILENAMES !== undefined;
  if (chosen || !existsSync(softwareDriver)) return {};
  const driver = { VK_DRIVER_FILES: softwareDriver, VK_ICD_FILENAMES: softwareDriver };
  if (loaderFolders.some((folder) => existsSync(join(folder, 'libvulkan.so.1')))) return driver;
  const libraries = [process.env.LD_LIBRARY_PATH, chromiumFolder].filter(Boolean).join(delimiter);
  return { ...driver, LD_LIBRARY_PATH: libraries };
}

/**
 * The full Chromium that browser tests run in (the headless shell has no WebGPU): `MUNIT_CHROMIUM`, or the first one found.
 * @returns {string | undefined}
 */
export function findChromium() {
  const named = process.env.MUNIT_CHROMIUM;
  if (named) return existsSync(named) ? named : undefined;
  const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome.exe'];
  const onPath = (process.env.PATH ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  return [
    ...onPath,
    '/usr/bin/chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  ].find((path) => existsSync(path));
}

/** Devices whose absence is a failure and not a skip: `MUNIT_REQUIRE_DEVICES=webgpu-node,webgpu-browser`. */
export const requiredDevices = () =>
  (process.env.MUNIT_REQUIRE_DEVICES ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
