/** Between two styles, and the video of it. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright';
import { expect, it } from 'vitest';
import { devices } from './support/devices.js';
import { saved } from './support/files.js';
import { difference, pixels, shoot, slide } from './support/pictures.js';
import { useStudio } from './support/studio.js';

const studio = useStudio();
const PICTURE = '.morph-picture canvas';

it.each(devices)('goes from one style to another and saves a video that the browser plays: $device', async (on) => {
  const { page, errors, close } = await studio.open({ on, hash: 'view=morph', reducedMotion: 'reduce' });
  await page.getByRole('button', { name: 'Save as video' }).and(page.locator(':enabled')).waitFor();
  const ends = await Promise.all(['From', 'To'].map((name) => pixels(page, `.end[aria-label="${name}"] canvas`)));
  expect(difference(ends[0]!, ends[1]!)).toBeGreaterThan(1);
  expect(difference(await pixels(page, PICTURE), ends[0]!)).toBe(0);
  await slide(page, 'Position', 1);
  await expect.poll(async () => difference(await pixels(page, PICTURE), ends[1]!)).toBe(0);
  await slide(page, 'Position', 0.5);
  await shoot(page, `morph-${on.device}`);
  await page.getByRole('button', { name: 'Play' }).click();
  await page.getByRole('button', { name: 'Pause' }).click();

  const video = await saved(page, 'Save as video');
  expect(video.name).toMatch(/^outline-1-morph\.(mp4|webm)$/);
  // Two seconds there and two back, without the second of both ends.
  const [width, height, duration] = await played(page, video.path);
  expect([width, height, duration!.toFixed(1)]).toEqual([256, 256, (118 / 30).toFixed(1)]);

  // Firefox describes its H.264 wrongly beside the stream (a byte too many in each parameter set): the file must not depend on it.
  let misleading = 0;
  await page.route(/encode\.worker/, async (route) => {
    const response = await route.fetch();
    misleading++;
    await route.fulfill({ response, body: `(${mislead.toString()})();\n${await response.text()}` });
  });
  await slide(page, 'Seconds', 0.5);
  const misled = await saved(page, 'Save as video');
  expect((await played(page, misled.path)).slice(0, 2)).toEqual([256, 256]);
  expect(misleading).toBe(1);

  // Where there is no WebCodecs, the canvas is recorded while it plays.
  await page.evaluate(() => Reflect.deleteProperty(globalThis, 'VideoEncoder'));
  const recorded = await saved(page, 'Save as video');
  expect((await played(page, recorded.path)).slice(0, 2)).toEqual([256, 256]);

  // And where that records nothing either, it is said so.
  await page.evaluate(() => (MediaRecorder.isTypeSupported = () => false));
  await page.getByRole('button', { name: 'Save as video' }).click();
  await page.getByText('This browser can write no video. Save single images instead.').waitFor();
  expect(errors).toEqual([]);
  await close();
});

/** Runs in the worker: invalid descriptions of H.264. */
function mislead(): void {
  const Encoder = globalThis.VideoEncoder;
  globalThis.VideoEncoder = class extends Encoder {
    constructor({ output, error }: VideoEncoderInit) {
      const misled: VideoEncoderInit['output'] = (chunk, metadata) => {
        if (metadata?.decoderConfig?.description !== undefined) metadata.decoderConfig.description = new Uint8Array(32);
        output(chunk, metadata);
      };
      super({ output: misled, error });
    }
  };
}

/** Width, height and length of a video, as the browser that opens it says. */
async function played(page: Page, path: string): Promise<number[]> {
  return page.evaluate(async (base64) => {
    const element = document.createElement('video');
    element.src = `data:video/webm;base64,${base64}`;
    await new Promise((resolve, reject) => {
      element.addEventListener('loadedmetadata', resolve);
      element.addEventListener('error', reject);
    });
    return [element.videoWidth, element.videoHeight, element.duration];
  }, readFileSync(path).toString('base64'));
}
