/// <reference lib="esnext.disposable" preserve="true" />
/** LPIPS, the learned perceptual image patch similarity (Zhang, Isola, Efros, Shechtman, Wang, CVPR 2018). */
import { ArgumentError, conv2d, NonFiniteError, type Params, readTensor, ShapeError, type Tensor, type Tensor1D, type Tensor4D, tensor, tidyTree, treeLeaves, unitDistance } from '@munit/core';
import { alexnet, fromOfficial, type OfficialTensor, squeezenet, vgg16 } from '@munit/layers';
import { layersDistance, type LpipsDistance, lpipsDistance, type LpipsFeatures, type LpipsHead, lpipsLayer, type LpipsMap, lpipsMap } from './features.js';

/** The networks that LPIPS has heads for here. */
export type LpipsNetwork = 'alexnet' | 'vgg16' | 'squeezenet';

/**
 * `0.1` is LPIPS as everybody uses it. `0.0` was released first and did not bring images to the network's scale: the numbers of the
 * MUNIT and BicycleGAN papers are on its scale, about half of 0.1's.
 */
export type LpipsVersion = '0.1' | '0.0';

/** What `createLpips` is made of. */
export interface LpipsParts {
  /** Whose features. */
  readonly network: LpipsNetwork;
  /** Default 0.1. */
  readonly version?: LpipsVersion | undefined;
  /** The network's convolutions under torchvision's names (`features.0.weight`, …). */
  readonly features: ReadonlyMap<string, OfficialTensor>;
  /** A head for each map: five, or seven of squeezenet. */
  readonly heads: readonly LpipsHead[];
}

/** LPIPS on the device in use. Holds the network's weights until it is disposed of. */
export interface Lpips {
  /** Whose features. */
  readonly network: LpipsNetwork;
  /** Which scale. */
  readonly version: LpipsVersion;
  /**
   * What LPIPS keeps of each image of a batch: of images that are compared more than once, taken once.
   * @param images [N, H, W, 3 (RGB) or 1] in [−1, 1]; the batch stays the caller's
   * @throws ShapeError for another shape
   * @throws ArgumentError for values outside [−1, 1]: images of [0, 255] would silently give a wrong number
   * @throws NonFiniteError for NaN or an infinite value
   */
  features(images: Tensor4D): Promise<LpipsFeatures[]>;
  /** The distance of two images. @throws ShapeError for different sizes @throws NonFiniteError for NaN */
  distance(x: LpipsFeatures, y: LpipsFeatures): LpipsDistance;
  /** Where two images differ. @throws as `distance` */
  map(x: LpipsFeatures, y: LpipsFeatures): LpipsMap;
  /**
   * The distance of each image of `x` to the one at its place in `y`, computed on the device in float32 (that of `distance` is float64's, on the host).
   * @throws as `features` and `distance`
   */
  measure(x: Tensor4D, y: Tensor4D): Promise<LpipsDistance[]>;
  /** Frees the weights. */
  dispose(): void;
  /** As `dispose`, at the end of a block with `using`. */
  [Symbol.dispose](): void;
}

const alexnetTaps = ['relu1', 'relu2', 'relu3', 'relu4', 'relu5'] as const;
const vggTaps = ['relu1_2', 'relu2_2', 'relu3_3', 'relu4_3', 'relu5_3'] as const;
const squeezenetTaps = ['slice1', 'slice2', 'slice3', 'slice4', 'slice5', 'slice6', 'slice7'] as const;
const channels = { alexnet: [64, 192, 384, 256, 256], vgg16: [64, 128, 256, 512, 512], squeezenet: [64, 128, 256, 384, 384, 512, 512] } as const;
/** Below these a pooling has nothing left. */
const smallest = { alexnet: 31, vgg16: 16, squeezenet: 17 } as const;

/**
 * LPIPS from its parts; `loadLpips` knows where they are. A device must be open.
 * @throws CheckpointMismatchError when the convolutions are of another network
 * @throws ShapeError when a head is of another width
 */
export function createLpips({ network, version = '0.1', features, heads }: LpipsParts): Lpips {
  checkParts(network, version, heads);
  const { params, taps } = openNetwork(network, version, features);
  const headTensors = heads.map((head): Tensor1D => tensor(head, [head.length]));
  const dispose = (): void => {
    for (const weight of [...treeLeaves<Tensor>(params), ...headTensors]) weight.dispose();
  };
  return {
    network,
    version,
    features: async (images) => {
      await checkImages(images, smallest[network]);
      return featuresOf(images, taps);
    },
    distance: (x, y) => lpipsDistance(x, y, heads),
    map: (x, y) => lpipsMap(x, y, heads),
    measure: async (x, y) => {
      if (x.shape.join() !== y.shape.join()) {
        throw new ShapeError(`LPIPS compares batches of one shape, but one is [${x.shape.join(', ')}] and the other [${y.shape.join(', ')}].`, { remedy: 'Resize one to the other’s size first.' });
      }
      await checkImages(x, smallest[network]);
      await checkImages(y, smallest[network]);
      return measured(x, y, taps, headTensors);
    },
    dispose,
    [Symbol.dispose]: dispose,
  };
}

type Taps = (x: Tensor4D) => Tensor4D[];

function openNetwork(network: LpipsNetwork, version: LpipsVersion, features: ReadonlyMap<string, OfficialTensor>): { readonly params: Params; readonly taps: Taps } {
  // LPIPS' scaling layer is torchvision's normalisation, of images in [−1, 1].
  const preprocessing = version === '0.1' ? 'torchvision' : 'none';
  if (network === 'alexnet') {
    const net = alexnet({ preprocessing });
    const params = fromOfficial(net, features);
    return { params, taps: (x) => net.taps(params, x, alexnetTaps) };
  }
  if (network === 'squeezenet') {
    const net = squeezenet({ preprocessing });
    const params = fromOfficial(net, features);
    return { params, taps: (x) => net.taps(params, x, squeezenetTaps) };
  }
  const net = vgg16({ pool4: true, preprocessing });
  const params = fromOfficial(net, features);
  return { params, taps: (x) => net.taps(params, x, vggTaps) };
}

/** On the device, so that no map is copied to the host. */
async function measured(x: Tensor4D, y: Tensor4D, taps: Taps, heads: readonly Tensor1D[]): Promise<LpipsDistance[]> {
  const distances = tidyTree(() => {
    const other = taps(asColour(y));
    return taps(asColour(x)).map((map, l) => unitDistance(map, other[l] as Tensor4D, heads[l] as Tensor1D));
  });
  try {
    const layers = await Promise.all(distances.map(async (distance) => readTensor(distance)));
    return Array.from({ length: x.shape[0] }, (_, n) => layersDistance(layers.map((of) => of[n] as number)));
  } finally {
    for (const distance of distances) distance.dispose();
  }
}

/** Each image's maps are memory of their own, so that one can be kept, or sent, without the others of its batch. */
async function featuresOf(images: Tensor4D, taps: Taps): Promise<LpipsFeatures[]> {
  const [count, height, width] = images.shape;
  const maps = tidyTree(() => taps(asColour(images)));
  try {
    const layers: LpipsFeatures['layers'][] = Array.from({ length: count }, () => []);
    for (const map of maps) {
      const [, rows, columns, depth] = map.shape;
      const values = await readTensor(map);
      map.dispose();
      const size = rows * columns * depth;
      layers.forEach((of, n) => {
        const [from, to] = [n * size, (n + 1) * size];
        layers[n] = [...of, lpipsLayer(count > 1 ? values.slice(from, to) : values, rows, columns, depth)];
      });
    }
    return layers.map((of) => ({ height, width, layers: of }));
  } finally {
    for (const map of maps) if (!map.isDisposed) map.dispose();
  }
}

/** One channel stands for all three, whatever the preprocessing. */
const asColour = (images: Tensor4D): Tensor4D => (images.shape[3] === 1 ? conv2d(images, tensor([1, 1, 1], [1, 1, 1, 3]), undefined) : images);

async function checkImages(images: Tensor4D, least: number): Promise<void> {
  const [, height, width, depth] = images.shape;
  if (images.rank !== 4 || (depth !== 3 && depth !== 1) || height < least || width < least) {
    throw new ShapeError(`LPIPS takes images [N, H, W, 3 or 1] of at least ${least}×${least}, but the shape is [${images.shape.join(', ')}].`, {
      remedy: 'Enlarge smaller images first.',
    });
  }
  checkValues(await readTensor(images));
}

/** As the bits of the largest magnitude allowed: those of NaN and infinity are above, too, and whole numbers compare fast. */
const [largestBits] = new Int32Array(Float32Array.of(1.001).buffer) as unknown as [number];

/** @throws as `features` */
function checkValues(values: Float32Array): void {
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  let beyond = 0;
  for (let i = 0; i < bits.length; i++) beyond |= largestBits - ((bits[i] as number) & 0x7f_ff_ff_ff);
  if (beyond >= 0) return;
  for (const value of values) {
    if (Math.abs(value) <= 1.001) continue;
    if (!Number.isFinite(value)) throw new NonFiniteError(`LPIPS: an image contains ${value}.`, { remedy: 'Look for NaN in the images: a model that has diverged gives such.' });
    throw new ArgumentError(`LPIPS takes images in [−1, 1], but one contains ${value}.`, { remedy: 'Divide bytes by 127.5 and subtract 1; clamp the output of a model.' });
  }
}

function checkParts(network: LpipsNetwork, version: LpipsVersion, heads: readonly LpipsHead[]): void {
  if (!Object.hasOwn(channels, network)) throw new ArgumentError(`LPIPS: the network must be alexnet, vgg16 or squeezenet, but it is '${String(network)}'.`);
  if (version !== '0.1' && version !== '0.0') throw new ArgumentError(`LPIPS: the version must be 0.1 or 0.0, but it is '${String(version)}'.`);
  if (heads.map((head) => head.length).join() !== channels[network].join()) {
    throw new ShapeError(`LPIPS with ${network} needs heads of ${channels[network].join(', ')} weights, but they have ${heads.map((head) => head.length).join(', ')}.`, {
      remedy: 'Give the heads of this network.',
    });
  }
}
