/// <reference lib="esnext.disposable" preserve="true" />
/** Features of images, for the distances of sets. */
import { ArgumentError, checkOptions, CheckpointMismatchError, globalAveragePool, readSafetensors, readTensor, type Tensor, type Tensor2D, type Tensor4D, tidy, treeLeaves } from '@munit/core';
import { readFeatureWeights, readInceptionWeights, sha256, weightFiles } from '@munit/formats';
import { alexnet, fromOfficial, inceptionV3, type OfficialTensor, vgg16 } from '@munit/layers';
import { loadLpipsWeights } from '@munit/lpips-weights';
import { type FeatureSet, featureSet } from '../statistics/features.js';
import { prepareImages } from './prepareImages.js';

/**
 * The networks whose features are taken here. `inception` is TensorFlow's of 2015 as pytorch-fid has it, which the FID of papers is defined on;
 * `inception-torchvision` has other weights and other poolings.
 */
export type ExtractorNetwork = 'alexnet' | 'vgg16' | 'inception' | 'inception-torchvision';
const networks = ['alexnet', 'vgg16', 'inception', 'inception-torchvision'] as const satisfies readonly ExtractorNetwork[];

/** A network that turns images into vectors, on the device in use. Holds its weights until it is disposed of. */
export interface FeatureExtractor {
  /** What figures are called by: `fid-alexnet`. Those of different networks cannot be compared. */
  readonly network: ExtractorNetwork;
  /** Length of a vector: 256 for alexnet, 512 for vgg16, 2048 for inception. */
  readonly dimension: number;
  /**
   * A vector per image: images are rounded to bytes, as if they had been saved, brought to 224×224 (inception: 299×299) by antialiased bicubic
   * interpolation without another rounding, as clean-fid does, and the network's last map is averaged over its places.
   * @param images [N, H, W, 3 (RGB) or 1] in [−1, 1], of any size; values beyond are clamped, as on saving
   * @throws ShapeError for another shape; NonFiniteError for NaN or an infinite value
   */
  features(images: Tensor4D): Promise<FeatureSet>;
  /** Frees the weights. */
  dispose(): void;
  /** As `dispose`, at the end of a block with `using`. */
  [Symbol.dispose](): void;
}

/** Which extractor `loadFeatureExtractor` loads. */
export interface LoadExtractorOptions {
  /** Default alexnet, whose weights come with the package. */
  readonly network?: ExtractorNetwork | undefined;
  /** The bytes of a file with the network's weights: needed for all but alexnet. */
  readonly weights?: Uint8Array | undefined;
}

/** The side that each network sees images at. */
export const sides = { alexnet: 224, vgg16: 224, inception: 299, 'inception-torchvision': 299 } as const;
const files = {
  vgg16: { what: 'the network\'s weights (59 MB)', give: "the bytes of torchvision's vgg16" },
  inception: { what: "pytorch-fid's weights (96 MB)", give: 'the bytes of pt_inception-2015-12-05-6726825d.pth' },
  'inception-torchvision': { what: "the network's weights (109 MB)", give: "the bytes of torchvision's inception_v3" },
} as const;

/**
 * An extractor, ready on the device in use. The caller disposes of it.
 * @throws ArgumentError for a network other than alexnet without `weights`, or an unknown network
 * @throws CheckpointMismatchError when `weights` are of another network, or what they expect of an image is not known; for inception also when
 * they are not pytorch-fid's, byte for byte: figures under that name are compared with those of papers
 */
export async function loadFeatureExtractor(options: LoadExtractorOptions = {}): Promise<FeatureExtractor> {
  checkOptions('loadFeatureExtractor', options, { network: true, weights: true });
  const { network = 'alexnet', weights } = options;
  if (!networks.includes(network)) throw new ArgumentError(`Features are taken by ${networks.join(', ')}, not by '${String(network)}'.`);
  if (weights === undefined) {
    if (network !== 'alexnet') {
      const { what, give } = files[network];
      throw new ArgumentError(`Features of ${network} need ${what}, which do not come with the package.`, { remedy: `Give \`weights\`: ${give}; \`munit weights\` says where it is.` });
    }
    return extractorFrom(network, 'torchvision', await bundledAlexnet());
  }
  if (network === 'inception' || network === 'inception-torchvision') return openInception(network, weights);
  const given = readFeatureWeights(weights);
  if (given.network !== network) throw new CheckpointMismatchError(`Features of ${network} were requested, but the weights are of ${given.network}.`, { remedy: `Give the weights of ${network}.` });
  return extractorFrom(network, given.preprocessing, given.tensors);
}

/** AlexNet's convolutions that come with npm, by torchvision's names. */
export async function bundledAlexnet(): Promise<Map<string, OfficialTensor>> {
  const { tensors } = readSafetensors(await loadLpipsWeights());
  const prefix = 'alexnet.';
  return new Map([...tensors].filter(([name]) => name.startsWith(prefix)).map(([name, { shape, float32 }]) => [name.slice(prefix.length), { shape, data: float32() }]));
}

/** An extractor with these weights, by torchvision's names. @throws CheckpointMismatchError when they are of another network */
export function extractorFrom(network: 'alexnet' | 'vgg16', preprocessing: 'torchvision' | 'caffe', weights: ReadonlyMap<string, OfficialTensor>): FeatureExtractor {
  if (network === 'alexnet') {
    const net = alexnet({ preprocessing });
    const params = fromOfficial(net, weights);
    return extractor(network, 256, (x) => globalAveragePool(net.apply(params, x)), treeLeaves<Tensor>(params));
  }
  const net = vgg16({ pool4: true, preprocessing });
  const params = fromOfficial(net, weights);
  return extractor(network, 512, (x) => globalAveragePool(net.apply(params, x)), treeLeaves<Tensor>(params));
}

async function openInception(network: 'inception' | 'inception-torchvision', file: Uint8Array): Promise<FeatureExtractor> {
  if (network === 'inception') await checkPublished(file);
  const { variant, tensors } = readInceptionWeights(file);
  const wanted = network === 'inception' ? 'fid' : 'torchvision';
  if (variant !== wanted) {
    throw new CheckpointMismatchError("Features of torchvision's Inception were requested, but the weights are pytorch-fid's.", { remedy: 'Take the network `inception` for them.' });
  }
  const net = inceptionV3({ variant });
  const params = fromOfficial(net, tensors);
  return extractor(network, 2048, (x) => net.apply(params, x), treeLeaves<Tensor>(params));
}

/** @throws CheckpointMismatchError unless the file is pytorch-fid's, byte for byte */
async function checkPublished(file: Uint8Array): Promise<void> {
  const published = weightFiles.find((known) => known.network === 'inception');
  const sum = await sha256(new Uint8Array(file));
  if (published === undefined || sum === published.sha256) return;
  throw new CheckpointMismatchError(`Features of inception are those of ${published.name}, whose SHA-256 is ${published.sha256}, but that of the file is ${sum}.`, {
    remedy: 'Fetch that file (`munit weights` says where it is), or take another network: its figures have a name of their own.',
  });
}

function extractor(network: ExtractorNetwork, dimension: number, apply: (x: Tensor4D) => Tensor2D, held: readonly Tensor[]): FeatureExtractor {
  const dispose = (): void => {
    for (const weight of held) weight.dispose();
  };
  return {
    network,
    dimension,
    features: async (images) => {
      const prepared = await prepareImages(images, sides[network]);
      const pooled = tidy(() => apply(prepared));
      prepared.dispose();
      try {
        return featureSet(await readTensor(pooled), dimension);
      } finally {
        pooled.dispose();
      }
    },
    dispose,
    [Symbol.dispose]: dispose,
  };
}
