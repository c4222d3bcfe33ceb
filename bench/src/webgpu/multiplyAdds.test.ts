import { expect, it } from 'vitest';
import { chooseItems } from '../materials/items.js';
import { translationMultiplyAdds } from './multiplyAdds.js';

it('agrees with the published network, 256×256 at width 64, counted layer by layer', () => {
  const [item] = chooseItems(['translate-256']);
  const { direct, phases } = translationMultiplyAdds(item!);
  // 24.24 and 46.79 thousand million for the two halves; the decoder's dense layers, 0.001, are not counted.
  expect(direct / 1e9).toBeCloseTo(71.03, 1);
  // Two upsampled convolutions of 13.42 take 9/25 of it, and a ring of 508 and of 1,020 pixels.
  expect((direct - phases) / 1e9).toBeCloseTo(2 * 13.42 * (16 / 25) - (508 * 25 * 256 * 128 + 1020 * 25 * 128 * 64) / 1e9, 1);
});
