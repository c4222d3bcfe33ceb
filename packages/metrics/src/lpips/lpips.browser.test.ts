/** LPIPS in a page, with the weights that come with npm. */
import { openDevice, readSafetensors } from '@munit/core';
import { expect, it } from 'vitest';
import { imageOf, largestError, realPairs } from '../../test/realPairs.js';
import { loadLpips } from './load.js';

it.each(['0.1', '0.0'] as const)('equals the published code in Chromium: AlexNet, version %s', async (version) => {
  const device = await openDevice('simd');
  const response = await fetch('/packages/testing/reference/lpips_real.safetensors');
  const pairs = realPairs(readSafetensors(new Uint8Array(await response.arrayBuffer())));
  expect(pairs.length).toBeGreaterThan(3);
  const lpips = await loadLpips({ version });
  for (const pair of pairs) {
    const [x, y] = [imageOf(pair.x, pair.shape), imageOf(pair.y, pair.shape)];
    const measured = await lpips.measure(x, y);
    expect(measured).toHaveLength(1);
    for (const got of measured) expect(largestError(pair, `lpips_alex_v${version}`, got)).toBeLessThan(1e-4);
    x.dispose();
    y.dispose();
  }
  lpips.dispose();
  device.dispose();
});
