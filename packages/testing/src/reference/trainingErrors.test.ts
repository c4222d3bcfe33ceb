import { expect, test } from 'vitest';
import { fmix32, formulaWeights, vggFormulaWeights } from './formulaWeights.js';
import { changeErrors, firstGradientErrors, lossesError, trainingTolerance } from './trainingErrors.js';

const vector = (...values: number[]) => ({ shape: [values.length], data: Float32Array.from(values) });

test('the finaliser gives the published MurmurHash3 values', () => {
  expect(fmix32(0)).toBe(0);
  expect(fmix32(1)).toBe(0x514e28b7);
  expect(fmix32(0xffffffff)).toBe(0x81f16f39);
});

test('formula weights: seed and index add up modulo 2³² before the hash', () => {
  const seed = 1000;
  const start = Number((BigInt(seed) * 0x9e3779b9n) % 2n ** 32n);
  const expected = [0, 1, 2].map((i) => Math.fround((2 * (fmix32((start + i) % 2 ** 32) / 2 ** 32) - 1) * 0.25));
  expect([...formulaWeights(3, seed, 0.25)]).toEqual(expected);
  expect([...formulaWeights(1, seed, 0.25, 1)]).toEqual([Math.fround((expected[0] as number) + 1)]);
  const many = formulaWeights(100_000, 7, 2);
  expect(Math.max(...many.slice(0, 50_000))).toBeCloseTo(2, 3);
  expect(many.reduce((sum, w) => sum + w, 0) / many.length).toBeCloseTo(0, 1);
});

test('VGG16 has its 13 convolutions, with bounds by fan-in', () => {
  const layers = vggFormulaWeights();
  expect(layers.map(({ name }) => name).join(' ')).toBe(
    'conv1_1 conv1_2 conv2_1 conv2_2 conv3_1 conv3_2 conv3_3 conv4_1 conv4_2 conv4_3 conv5_1 conv5_2 conv5_3',
  );
  expect(layers[7]?.weight.shape).toEqual([512, 256, 3, 3]);
  expect([...(layers[12]?.weight.data.slice(0, 2) ?? [])]).toEqual([...formulaWeights(2, 1024, Math.sqrt(6 / (9 * 512)))]);
  expect([...(layers[12]?.bias.data.slice(0, 2) ?? [])]).toEqual([...formulaWeights(2, 1025, 0.05)]);
});

test('losses: the largest relative difference; a missing term counts as 0, NaN as wrong', () => {
  expect(lossesError({ loss_a: 1.1, loss_b: 4 }, { loss_a: 1, loss_b: 4, lr: 3 })).toBeCloseTo(0.1, 12);
  expect(lossesError({}, { loss_vgg: 0 })).toBe(0);
  expect(lossesError({}, { loss_vgg: 2 })).toBe(1);
  expect(lossesError({ loss_vgg: 1 }, { loss_vgg: 0 })).toBe(Infinity);
  expect(lossesError({ loss_a: NaN, loss_b: 1 }, { loss_a: 1, loss_b: 1 })).toBe(Infinity);
});

test('first gradients: relative to the tensor, or to 1e-4 of the largest of its network', () => {
  const truth = new Map([
    ['gen_a.w', vector(3, 4)],
    ['gen_a.b', vector(0, 0)],
    ['gen_b.w', vector(0, 500)],
  ]);
  const ours = new Map([...truth, ['gen_a.w', vector(3, 4.5)], ['gen_a.b', vector(0, 5e-5)]] as const);
  const errors = firstGradientErrors(ours, truth);
  expect(errors.get('gen_a.w')).toBeCloseTo(0.5 / 5, 6);
  expect(errors.get('gen_a.b')).toBeCloseTo(5e-5 / (1e-4 * 5), 6);
  expect(errors.get('gen_b.w')).toBe(0);
});

test('change: per network, without u, v and running statistics', () => {
  const init = new Map([['dis_a.w', vector(0, 0)], ['dis_a.b', vector(0)], ['dis_a.conv.module.weight_u', vector(0)]]);
  const truth = new Map([['dis_a.w', vector(3, 0)], ['dis_a.b', vector(4)], ['dis_a.conv.module.weight_u', vector(100)]]);
  const ours = new Map([['dis_a.w', vector(3, 1)], ['dis_a.b', vector(4)], ['dis_a.conv.module.weight_u', vector(0)]]);
  expect([...changeErrors(ours, truth, init)]).toEqual([['dis_a', 1 / 5]]);
  expect([...changeErrors(new Map([...ours, ['dis_a.b', vector(NaN)]]), truth, init)]).toEqual([['dis_a', Infinity]]);
  expect(() => changeErrors(new Map([['dis_a.w', vector(1)]]), truth, init)).toThrow("'dis_a.w' has the shape [1], but must have [2]");
});

test('what is allowed is four times the float32 error, or the base', () => {
  expect(trainingTolerance('losses', 1e-6)).toBe(1e-3);
  expect(trainingTolerance('change', 0.0429)).toBeCloseTo(0.1716, 12);
  expect(trainingTolerance('firstGradient', undefined)).toBe(1e-3);
});
