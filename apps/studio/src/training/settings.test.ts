import { estimateMemory, resolveConfig } from '@munit/train';
import { expect, it } from 'vitest';
import { configOf, presets, sizes, widths } from './settings.js';

it('means something to the trainer, whatever is set', () => {
  for (const { settings } of presets) {
    for (const size of sizes) {
      for (const width of widths) {
        const config = resolveConfig(configOf({ ...settings, size, width }, true), 'quick');
        expect([config.crop_image_height, config.gen.dim, config.max_iter, config.batch_size]).toEqual([size, width, settings.steps, settings.batch]);
        // Room to crop at random, and to sample and keep in time.
        expect(config.new_size).toBeGreaterThan(size);
        expect(Math.max(config.image_display_iter, config.snapshot_save_iter)).toBeLessThanOrEqual(settings.steps);
        // What WebAssembly can hold at all.
        expect(estimateMemory(config).totalBytes).toBeLessThan(4 * 2 ** 30);
      }
    }
  }
});
