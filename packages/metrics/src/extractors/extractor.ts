/** Features of images, for the distances of sets. */
import { ArgumentError, CheckpointMismatchError, globalAveragePool, NonFiniteError, readSafetensors, readTensor, ShapeError, type Tensor, type Tensor4D, tensor, tidy, treeLeaves } from '@munit/core';
import { readFeatureWeights } from '@munit/formats';
import { alexnet, fromOfficial, type OfficialTensor, vgg16 } from '@munit/layers';
import { loadLpipsWeights } from '@munit/lpips-weights';
import { type FeatureSet, featureSet } from '../statistics/features.js';
import { resizeBicubic } from './resizeBicubic.js';

/** The networks whose features are taken here. */
export type ExtractorNetwork = 'alexnet' | 'vgg16';

/** A network that turns images into vectors, on the device in use. Holds its weights until it is disposed of. */
export interface FeatureExtractor {
  /** What figures are called by: `fid-alexnet`. Those of different networks cannot be compared. */
  readonly network: ExtractorNetwork;
  /** Length of a vector: 256 for alexnet, 512 for vgg16. */
  readonly dimension: number;
  /**
   * A vector per image: images are rounded to bytes, as if they had been saved, brought to 224×224 by antialiased bicubic
   * interpolation without another rounding, and the network's last map is averaged over its places.
   * @param images [N, H, W, 3 (RGB) or 1] in [−1, 1], of any size; values beyond are clamped, as on saving
   * @throws ShapeError for another shape; NonFiniteError for NaN or an infinite value
   */
  features(images: Tensor4D): Promise<FeatureSet>;
  /** Frees the weights. */
  dispose(): void;
}

/** Which extractor `loadFeatureExtractor` loads. */
export interface LoadExtractorOptions {
  /** Default alexnet, whose weights come with the package. */
  readonly network?: ExtractorNetwork | undefined;
  /** The bytes of a file with the network's weights: needed for vgg16. */
  readonly weights?: Uint8Array | undefined;
}

const side = 224;

/**
 * An extractor, ready on the device in use. The caller disposes of it.
 * @throws ArgumentError for vgg16 without `weights`, or an unknown network
 * @throws CheckpointMismatchError when `weights` are of another network, or what they expect of an image is not known
 */
export async function loadFeatureExtractor({ network = 'alexnet', weights }: LoadExtractorOptions = {}): Promise<FeatureExtractor> {
  if (network !== 'alexnet' && network !== 'vgg16') throw new ArgumentError(`Features are taken by alexnet or vgg16, not by '${String(network)}'.`);
  if (weights === undefined) {
    if (network === 'vgg16') {
      throw new ArgumentError("Features of vgg16 need the network's weights (59 MB), which do not come with the package.", { remedy: "Give `weights`: the bytes of torchvision's vgg16; `munit weights` says where it is." });
    }
    const bundled = readSafetensors(await loadLpipsWeights());
    const prefix = 'alexnet.';
    return open(network, 'torchvision', new Map([...bundled.tensors].filter(([name]) => name.startsWith(prefix)).map(([name, { shape, float32 }]) => [name.slice(prefix.length), { shape, data: float32() }])));
  }
  const given = readFeatureWeights(weights);
  if (given.network !== network) throw new CheckpointMismatchError(`Features of ${network} were asked for, but the weights are of ${given.network}.`, { remedy: `Give the weights of ${network}.` });
  return open(network, given.preprocessing, given.tensors);
}

function open(network: ExtractorNetwork, preprocessing: 'torchvision' | 'caffe', weights: ReadonlyMap<string, OfficialTensor>): FeatureExtractor {
  if (network === 'alexnet') {
    const net = alexnet({ preprocessing });
    const params = fromOfficial(net, weights);
    return extractor(network, 256, (x) => net.apply(params, x), treeLeaves<Tensor>(params));
  }
  const net = vgg16({ pool4: true, preprocessing });
  const params = fromOfficial(net, weights);
  return extractor(network, 512, (x) => net.apply(params, x), treeLeaves<Tensor>(params));
}

function extractor(network: ExtractorNetwork, dimension: number, apply: (x: Tensor4D) => Tensor4D, held: readonly Tensor[]): FeatureExtractor {
  return {
    network,
    dimension,
    features: async (images) => {
      const prepared = await prepare(images);
      const pooled = tidy(() => globalAveragePool(apply(prepared)));
      prepared.dispose();
      try {
        return featureSet(await readTensor(pooled), dimension);
      } finally {
        pooled.dispose();
      }
    },
    dispose: () => {
      for (const weight of held) weight.dispose();
    },
  };
}

/** Bytes at 224×224, in colour, as floating-point values in [−1, 1]. */
async function prepare(images: Tensor4D): Promise<Tensor4D> {
  const [count, height, width, channels] = images.shape;
  if (images.rank !== 4 || (channels !== 3 && channels !== 1)) {
    throw new ShapeError(`Features are taken of images [N, H, W, 3 or 1], but the shape is [${images.shape.join(', ')}].`);
  }
  const values = await readTensor(images);
  const bad = values.findIndex((value) => !Number.isFinite(value));
  const size = height * width * channels;
  if (bad >= 0) throw new NonFiniteError(`Image ${Math.floor(bad / size)} of a batch contains ${values[bad]}.`, { remedy: 'Look for NaN in the images: a model that has diverged gives such.' });
  const prepared = new Float32Array(count * side * side * 3);
  for (let n = 0; n < count; n++) {
    const bytes = values.slice(n * size, (n + 1) * size).map((value) => Math.round((Math.min(1, Math.max(-1, value)) + 1) * 127.5));
    const { data } = resizeBicubic({ height, width, channels, data: bytes }, side, side);
    for (let i = 0; i < side * side * 3; i++) {
      const value = data[channels === 3 ? i : Math.floor(i / 3)] as number;
      // The cubic overshoots at edges: clean-fid clips there.
      prepared[n * side * side * 3 + i] = Math.min(255, Math.max(0, value)) / 127.5 - 1;
    }
  }
  return tensor(prepared, [count, side, side, 3]);
}
