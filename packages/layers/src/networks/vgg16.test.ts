import { openDevice, Rng, ShapeError, tensor, type Tensor4D, tidy } from '@munit/core';
import { beforeAll, expect, test } from 'vitest';
import { vggFormulaWeights } from '@munit/testing';
import { fromOfficial, type OfficialTensor } from '../official/index.js';
import { preprocessForVgg, vgg16 } from './vgg16.js';

beforeAll(async () => {
  await openDevice('cpu');
});

test('preprocessing: blue first, [0, 255], less the means; grey stands for all', async () => {
  const x: Tensor4D = tensor([-1, 0, 1, 0.5, -0.5, 0.25], [1, 1, 2, 3]);
  const byte = (v: number): number => (v + 1) * 127.5;
  const expected = [byte(1) - 103.939, byte(0) - 116.779, byte(-1) - 123.68, byte(0.25) - 103.939, byte(-0.5) - 116.779, byte(0.5) - 123.68];
  [...(await preprocessForVgg(x).data())].forEach((value, i) => expect(value).toBeCloseTo(expected[i] as number, 4));
  const grey = await preprocessForVgg(tensor([0.5], [1, 1, 1, 1])).data();
  [...grey].forEach((value, i) => expect(value).toBeCloseTo(byte(0.5) - ([103.939, 116.779, 123.68][i] as number), 4));
  expect(() => preprocessForVgg(tensor([1, 2], [1, 1, 1, 2]))).toThrow(ShapeError);
});

/** [H, W, C], float64. */
interface Planes {
  readonly h: number;
  readonly w: number;
  readonly data: Float64Array;
}

/** relu(conv 3×3, padding 1) from PyTorch's [O, I, 3, 3]. */
function convolved({ h, w, data }: Planes, weight: OfficialTensor, bias: OfficialTensor): Planes {
  const [outs, ins] = weight.shape as [number, number];
  const out = new Float64Array(h * w * outs);
  for (let y = 0; y < h; y++)
    for (let x = 0; x < w; x++)
      for (let o = 0; o < outs; o++) {
        let sum = bias.data[o] as number;
        for (let u = Math.max(0, 1 - y); u < Math.min(3, h + 1 - y); u++)
          for (let v = Math.max(0, 1 - x); v < Math.min(3, w + 1 - x); v++)
            for (let i = 0; i < ins; i++)
              sum += (data[((y + u - 1) * w + x + v - 1) * ins + i] as number) * (weight.data[((o * ins + i) * 3 + u) * 3 + v] as number);
        out[(y * w + x) * outs + o] = Math.max(0, sum);
      }
  return { h, w, data: out };
}

function pooled({ h, w, data }: Planes): Planes {
  const channels = data.length / (h * w);
  const at = (y: number, x: number, c: number): number => data[(y * w + x) * channels + c] as number;
  const [oh, ow] = [h >> 1, w >> 1];
  const out = Float64Array.from({ length: oh * ow * channels }, (_, k) => {
    const [y, x, c] = [2 * Math.floor(k / (ow * channels)), 2 * (Math.floor(k / channels) % ow), k % channels];
    return Math.max(at(y, x, c), at(y + 1, x, c), at(y, x + 1, c), at(y + 1, x + 1, c));
  });
  return { h: oh, w: ow, data: out };
}

test('features are those of plain loops, pools after conv1_2, conv2_2 and conv3_3 only', { timeout: 120_000 }, async () => {
  const weights = vggFormulaWeights();
  const official = new Map<string, OfficialTensor>(
    weights.flatMap(({ name, weight, bias }) => [
      [`${name}.weight`, { shape: weight.shape, data: Float32Array.from(weight.data) }],
      [`${name}.bias`, { shape: bias.shape, data: Float32Array.from(bias.data) }],
    ]),
  );
  const image: Tensor4D = tensor(new Rng(1).uniforms(8 * 8 * 3, -1, 1), [1, 8, 8, 3]);

  let planes: Planes = { h: 8, w: 8, data: Float64Array.from(await preprocessForVgg(image).data()) };
  const expected: Record<string, Planes> = {};
  for (const { name } of weights) {
    planes = convolved(planes, official.get(`${name}.weight`) as OfficialTensor, official.get(`${name}.bias`) as OfficialTensor);
    expected[name] = planes;
    if (['conv1_2', 'conv2_2', 'conv3_3'].includes(name)) planes = pooled(planes);
  }

  for (const features of ['relu4_3', 'relu5_3'] as const) {
    const network = vgg16({ features });
    const got = tidy(() => network.apply(fromOfficial(network, official), image));
    const { h, w, data } = expected[features.replace('relu', 'conv')] as Planes;
    expect(got.shape).toEqual([1, h, w, 512]);
    const largest = data.reduce((m, x) => Math.max(m, Math.abs(x)), 0);
    const worst = [...(await got.data())].reduce((m, x, i) => Math.max(m, Math.abs(x - (data[i] as number))), 0);
    expect(largest).toBeGreaterThan(1e-3);
    expect(worst / largest).toBeLessThan(1e-5);
  }
});
