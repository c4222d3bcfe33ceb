/** The devices that the studio is tested on. */
import type { Page, Worker } from 'playwright';
import { expect } from 'vitest';

/** What every test of translation runs on. */
export interface Device {
  readonly device: 'simd' | 'webgpu';
  /** The side of the images: a software adapter takes seconds where a GPU takes milliseconds. */
  readonly side: number;
  /** What the badge in the page's head says. */
  readonly badge: RegExp;
}

export const simd: Device = { device: 'simd', side: 64, badge: /^CPU/ };
/** The software adapter, where there is no GPU. */
export const webgpu: Device = { device: 'webgpu', side: 16, badge: /^GPU/ };
export const devices = [simd, webgpu];

/** Without an adapter the page would quietly be tested on the CPU. */
export async function expectAdapter(page: Page): Promise<void> {
  expect(await page.evaluate(async () => (await navigator.gpu.requestAdapter()) !== null), 'the browser has a WebGPU adapter').toBe(true);
}

/** The device that was asked for is the one in use. */
export async function expectDevice(page: Page, { badge }: Device): Promise<void> {
  await page.getByRole('button', { name: badge }).waitFor();
}

/** Takes the GPU away in the middle of the worker's next work. */
export async function loseDevice(worker: Worker | undefined): Promise<void> {
  if (worker === undefined) throw new Error('The page has no worker.');
  await worker.evaluate(() => {
    const create = GPUDevice.prototype.createCommandEncoder;
    GPUDevice.prototype.createCommandEncoder = function (this: GPUDevice, ...args) {
      GPUDevice.prototype.createCommandEncoder = create;
      this.destroy();
      return create.apply(this, args);
    };
  });
}
