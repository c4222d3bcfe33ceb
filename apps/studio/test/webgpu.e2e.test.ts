/** The same page on WebGPU: the software adapter where there is no GPU. */
import { expect, it } from 'vitest';
import { expectDevice, loseDevice, simd, webgpu } from './support/devices.js';
import { AFTER, difference, pixels, shoot, slide, stopGrid, takeStyle, translated } from './support/pictures.js';
import { useStudio } from './support/studio.js';

const studio = useStudio();
const hash = 'image=a1&style=0.5,-1,0,1,0.25,-0.5,0.75,-0.25';

it('translates on WebGPU as on the CPU, by numbers and by an example, and continues after the device was lost', async () => {
  const cpu = await studio.open({ on: { ...simd, side: webgpu.side }, hash });
  await translated(cpu.page);
  const expected = await pixels(cpu.page, AFTER);
  await takeStyle(cpu.page, 'Coloured shape 3');
  const likeExample = await pixels(cpu.page, AFTER);
  expect(difference(likeExample, expected)).toBeGreaterThan(1);
  await cpu.close();

  const { page, close } = await studio.open({ on: webgpu, hash });
  await translated(page);
  await expectDevice(page, webgpu);
  // A byte of rounding here and there.
  expect(difference(await pixels(page, AFTER), expected)).toBeLessThan(0.05);
  await stopGrid(page);

  await loseDevice(page.workers()[0]);
  await slide(page, 's1', 2);
  await page.getByText('The graphics device was lost; it has been opened again.').waitFor();
  await translated(page);
  await slide(page, 's1', 0.5);
  await expect.poll(async () => difference(await pixels(page, AFTER), expected)).toBeLessThan(0.05);
  await takeStyle(page, 'Coloured shape 3');
  await expect.poll(async () => difference(await pixels(page, AFTER), likeExample), { timeout: 30_000 }).toBeLessThan(0.05);
  await shoot(page, 'webgpu');
  await close();
});

it('goes from one device to the other when its user chooses', async () => {
  const { page, errors, close } = await studio.open({ on: { ...simd, side: webgpu.side } });
  await translated(page);
  for (const [label, device] of [['GPU', webgpu], ['CPU', simd]] as const) {
    await page.getByRole('button', { name: /: device, memory and speed$/ }).click();
    const dialog = page.getByRole('dialog', { name: 'Device' });
    // What the device tells of itself is there before it is left.
    await dialog.getByText(/MB, \d+ tensors/).waitFor();
    await dialog.getByRole('radio', { name: label }).check();
    await page.keyboard.press('Escape');
    await expectDevice(page, device);
    await translated(page);
    await expect.poll(() => page.url()).toContain(`device=${device.device}`);
  }
  expect(errors).toEqual([]);
  await close();
});
