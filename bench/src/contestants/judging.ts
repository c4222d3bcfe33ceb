/** LPIPS of pairs by `@munit/metrics`, and the features that distances of sets are taken on. */
import { globalAveragePool, readTensor, sliceBatch, type Tensor4D, tidy } from '@munit/core';
import { fromOfficial, vgg16 } from '@munit/layers';
import { createLpips } from '@munit/metrics';
import { inputsFile, readArrays, weightsFile } from '../materials/files.js';
import type { Item } from '../materials/items.js';
import { inputOf } from '../materials/tensors.js';
import type { Work } from '../process/serve.js';

/** Pairs, or images, that pass the network at once, as the peer's. */
const chunk = 4;

/** The images of a chunk, the caller's. */
const part = (images: Tensor4D, from: number): Tensor4D => tidy(() => sliceBatch(images, from, Math.min(chunk, images.shape[0] - from)));

export function judgingWork(item: Item, folder: string): Work {
  const weights = readArrays(weightsFile(folder, item));
  const inputs = readArrays(inputsFile(folder, item));
  const features = new Map([...weights].filter(([name]) => name.startsWith('features.')));
  const heads = [0, 1, 2, 3, 4].map((level) => weights.get(`head.${level}`)?.data ?? new Float32Array());
  const lpips = createLpips({ network: 'alexnet', version: '0.1', features, heads });
  const [x, y] = [inputOf<Tensor4D>(inputs, 'image_a'), inputOf<Tensor4D>(inputs, 'image_b')];
  const measure = async (): Promise<Float32Array> => {
    const totals: number[] = [];
    for (let from = 0; from < item.batch; from += chunk) {
      const [a, b] = [part(x, from), part(y, from)];
      totals.push(...(await lpips.measure(a, b)).map(({ total }) => total));
      a.dispose();
      b.dispose();
    }
    return Float32Array.from(totals);
  };
  return { run: async () => void (await measure()), check: measure };
}

/** The mean over places of VGG16's last features of each image. */
export function featuresWork(item: Item, folder: string): Work {
  const network = vgg16({ pool4: true, preprocessing: 'torchvision' });
  const params = fromOfficial(network, readArrays(weightsFile(folder, item)));
  const images = inputOf<Tensor4D>(readArrays(inputsFile(folder, item)), 'image_a');
  const measure = async (): Promise<Float32Array> => {
    const vectors: number[] = [];
    for (let from = 0; from < item.batch; from += chunk) {
      const batch = part(images, from);
      const pooled = tidy(() => globalAveragePool(network.apply(params, batch)));
      batch.dispose();
      vectors.push(...(await readTensor(pooled)));
      pooled.dispose();
    }
    return Float32Array.from(vectors);
  };
  return { run: async () => void (await measure()), check: measure };
}
