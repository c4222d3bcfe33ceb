/** What images the perceptual loss feeds VGG16 with. */
import { openDevice, Rng, tensor, type Tensor4D, tidy, treeEntries, writeSafetensors } from '@munit/core';
import { toOfficialArrays, vgg16 } from '@munit/layers';
import { expect, it } from 'vitest';
import { count, tiny } from '../../test/firstSteps.js';
import { resolveConfig } from '../config/resolve.js';
import { vggOfBytes } from './vgg.js';

it("feeds torchvision's weights with what they expect, and refuses weights that it does not know", async () => {
  // torchvision's names; its first filter makes them its weights, any other makes them anybody's.
  const torchvision = [-0.5537306, 0.1427047, 0.52896148, -0.58312404, 0.35655147, 0.7656623, -0.69022113, -0.04801885];
  const rng = new Rng(2);
  const places = [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28];
  const named = (first: readonly number[]): Uint8Array => {
    const network = vgg16();
    const values = treeEntries<{ readonly shape: readonly number[] }>(network.specs).map(({ path, leaf: { shape } }) => {
      const size = shape.reduce((product, n) => product * n, 1);
      return [path, { shape, data: Float32Array.from({ length: size }, () => 0.05 * (rng.uniform() - 0.5)) }] as const;
    });
    const official = [...toOfficialArrays(network, new Map(values))];
    const layers = [...new Set(official.map(([name]) => name.split('.')[0]))];
    return writeSafetensors(official.map(([name, { shape, data }]) => {
      const [layer, kind] = name.split('.');
      if (name === 'conv1_1.weight') data.set(first);
      return [`features.${places[layers.indexOf(layer)]}.${kind}`, { shape, data }] as const;
    }));
  };
  const config = resolveConfig({ ...tiny, synthetic_count: count, vgg_w: 1 });
  const device = await openDevice('simd', { threads: 1 });
  const image: Tensor4D = tensor(new Float32Array(16 * 16 * 3).fill(0.5), [1, 16, 16, 3]);
  const recognised = vggOfBytes(named(torchvision), config, 'vgg.safetensors');
  const values = (network: ReturnType<typeof vggOfBytes>['network']): Float32Array => tidy(() => network.apply(recognised.params, image).dataSync()) as Float32Array;
  expect(values(recognised.network)).toEqual(values(vgg16({ preprocessing: 'torchvision' })));
  expect(values(recognised.network)).not.toEqual(values(vgg16({ preprocessing: 'caffe' })));
  const unknown = named([0.5]);
  expect(() => vggOfBytes(unknown, config, 'vgg.safetensors')).toThrow('vgg_preprocessing');
  expect(values(vggOfBytes(unknown, { ...config, vgg_preprocessing: 'caffe' }, 'vgg.safetensors').network)).toEqual(values(vgg16({ preprocessing: 'caffe' })));
  device.dispose();
}, 60_000);
