/** A camera and a film, translated live and saved. The camera is Chromium's own, which shows a moving pattern. */
import { readFileSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import { ALL_FORMATS, BufferSource, Input } from 'mediabunny';
import type { Page } from 'playwright';
import { expect, it } from 'vitest';
import { simd, webgpu } from './support/devices.js';
import { file, give } from './support/files.js';
import { difference, pixels, shoot, translated } from './support/pictures.js';
import { useStudio } from './support/studio.js';

const studio = useStudio();
const BEFORE = '#panel-live .pair figure:first-of-type canvas';
const AFTER = '#panel-live .pair figure:last-of-type canvas';

const frames = (page: Page): Promise<void> => page.getByText(/^[\d.]+ frames\/s$/).waitFor();

/** What a video file holds. */
async function looked(bytes: Uint8Array): Promise<{ readonly size: readonly number[]; readonly seconds: number; readonly packets: number }> {
  const input = new Input({ source: new BufferSource(bytes as Uint8Array<ArrayBuffer>), formats: ALL_FORMATS });
  const track = (await input.getPrimaryVideoTrack())!;
  const { packetCount } = await track.computePacketStats();
  return { size: [track.displayWidth, track.displayHeight], seconds: await track.computeDuration(), packets: packetCount };
}

async function savedBy(page: Page, button: string): Promise<{ readonly name: string; readonly bytes: Buffer }> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: button, exact: true }).click()]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

it('translates the camera live, records it, and translates the film that comes of it frame by frame', async () => {
  const { page, errors, close } = await studio.open({ on: simd, hash: 'view=live' });
  await page.getByRole('button', { name: 'Use the camera' }).click();
  await frames(page);
  const [before, after] = [await pixels(page, BEFORE), await pixels(page, AFTER)];
  // The model has seen outlines: lines are what it gets, and what it makes is something else.
  expect(before.filter((value, i) => i % 4 < 3 && i % 4 > 0 && value !== before[i - 1])).toEqual([]);
  expect(difference(before, after)).toBeGreaterThan(1);
  await expect.poll(async () => difference(await pixels(page, BEFORE), before)).toBeGreaterThan(0.1);
  await page.getByRole('checkbox', { name: 'Turn frames into line drawings' }).uncheck();
  await expect.poll(async () => (await pixels(page, BEFORE)).some((value, i, all) => i % 4 === 1 && Math.abs(value - all[i - 1]!) > 40)).toBe(true);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  await shoot(page, 'live');

  await page.getByRole('button', { name: 'Record' }).click();
  await page.getByText(/^[1-9]\d* frames$/).waitFor();
  await page.waitForTimeout(1500);
  const recorded = await savedBy(page, 'Stop and save');
  expect(recorded.name).toMatch(/^camera-munit\.(mp4|webm)$/);
  const facts = await looked(recorded.bytes);
  expect(Math.min(...facts.size)).toBe(256);
  expect(facts.seconds).toBeGreaterThan(1);
  expect(Math.abs(facts.packets - 30 * facts.seconds)).toBeLessThanOrEqual(2);

  await page.getByRole('button', { name: 'End the camera' }).click();
  await give(page, page.getByRole('button', { name: 'Choose a film' }), [file(`film.${recorded.name.split('.')[1]}`, 'video/mp4', recorded.bytes)]);
  await frames(page);
  const whole = await savedBy(page, 'Translate every frame');
  const copy = await looked(whole.bytes);
  expect(whole.name).toMatch(/^film-munit\./);
  expect(Math.abs(copy.packets - facts.packets)).toBeLessThanOrEqual(1);
  await page.getByRole('button', { name: 'Close the film' }).click();
  await give(page, page.getByRole('button', { name: 'Choose a film' }), [file('notes.mp4', 'video/mp4', 'no film')]);
  await page.getByText('notes.mp4 is not a film that this browser plays. Use MP4 (H.264), WebM or MOV.').waitFor();
  expect(errors.filter((text) => !/notes|DEMUXER/.test(text))).toEqual([]);
  await close();
});

it('translates the camera on the GPU too, and ends it with its view', async () => {
  const { page, close } = await studio.open({ on: webgpu });
  await translated(page);
  await page.getByRole('tab', { name: 'Live' }).click();
  await page.getByRole('button', { name: 'Use the camera' }).click();
  await page.getByText(/frames?\/s$|^Translating the first frame/).first().waitFor();
  await expect.poll(() => page.locator(AFTER).getAttribute('height')).toBe('16');
  await page.getByRole('tab', { name: 'Translate' }).click();
  await page.getByRole('tab', { name: 'Live' }).click();
  await page.getByRole('button', { name: 'Use the camera' }).waitFor();
  await close();
});
