/** LPIPS with the weights that come with npm, or files that the user names. */
import { ArgumentError, checkOptions, CheckpointMismatchError, readSafetensors, type Safetensors } from '@munit/core';
import { readCheckpoint, readFeatureWeights } from '@munit/formats';
import type { OfficialTensor } from '@munit/layers';
import { loadLpipsWeights } from '@munit/lpips-weights';
import type { LpipsHead } from './features.js';
import { createLpips, type Lpips, type LpipsNetwork, type LpipsVersion } from './lpips.js';

/** Which LPIPS `loadLpips` loads. */
export interface LoadLpipsOptions {
  /** Default alexnet, whose weights come with the package. */
  readonly network?: LpipsNetwork | undefined;
  /** Default 0.1; 0.0 is the scale of the papers on MUNIT and BicycleGAN. */
  readonly version?: LpipsVersion | undefined;
  /** The bytes of a file with torchvision's weights of the network (`.pth` or safetensors): needed for vgg16 and squeezenet. */
  readonly weights?: Uint8Array | undefined;
  /** The bytes of a file with the heads, as `lpips` publishes them (`squeeze.pth`): needed for squeezenet, whose heads do not come with the package. */
  readonly heads?: Uint8Array | undefined;
}

/**
 * LPIPS, ready on the device in use. AlexNet's features and the heads of both networks come with npm, in float16, which moves LPIPS by
 * less than 1e-4; nothing is fetched. The caller disposes of it.
 * @throws ArgumentError for vgg16 without `weights`, or squeezenet without `weights` and `heads`
 * @throws CheckpointMismatchError when `weights` are of another network, or not torchvision's
 */
export async function loadLpips(options: LoadLpipsOptions = {}): Promise<Lpips> {
  checkOptions('loadLpips', options, { network: true, version: true, weights: true, heads: true });
  const { network = 'alexnet', version = '0.1', weights, heads } = options;
  if (network === 'vgg16' && weights === undefined) {
    throw new ArgumentError("LPIPS with vgg16 needs the network's weights (59 MB), which do not come with the package.", {
      remedy: "Give `weights`: the bytes of torchvision's vgg16 (vgg16-397923af.pth, or its features as safetensors).",
    });
  }
  if (network === 'squeezenet' && (weights === undefined || heads === undefined)) {
    throw new ArgumentError("LPIPS with squeezenet needs the network's weights and LPIPS' heads, which do not come with the package.", {
      remedy: "Give `weights`, the bytes of torchvision's squeezenet1_1-b8a52dc0.pth, and `heads`, those of squeeze.pth of the package lpips; `munit weights` says where the first is.",
    });
  }
  const bundled = readSafetensors(await loadLpipsWeights());
  const features = weights === undefined ? bundledFeatures(bundled) : givenFeatures(network, weights);
  return createLpips({ network, version, features, heads: heads === undefined ? headsOf(bundled, network, version) : givenHeads(network, heads) });
}

const bundledFeatures = (file: Safetensors): Map<string, OfficialTensor> =>
  new Map([...file.tensors].filter(([name]) => name.startsWith('alexnet.')).map(([name, { shape, float32 }]) => [name.slice('alexnet.'.length), { shape, data: float32() }]));

function givenFeatures(network: LpipsNetwork, file: Uint8Array): ReadonlyMap<string, OfficialTensor> {
  const given = readFeatureWeights(file);
  if (given.network !== network || given.preprocessing !== 'torchvision') {
    throw new CheckpointMismatchError(`LPIPS with ${network} was trained on torchvision's weights, but these are ${given.preprocessing}'s of ${given.network}.`, {
      remedy: `Give torchvision's ${network}.`,
    });
  }
  return given.tensors;
}

/** Heads from a file of nothing but heads. */
function givenHeads(network: LpipsNetwork, file: Uint8Array): LpipsHead[] {
  const found = readCheckpoint(file);
  const expected = { alexnet: 'alex', vgg16: 'vgg', squeezenet: 'squeeze' }[network];
  if (found.kind !== 'lpips' || found.network !== expected) {
    throw new CheckpointMismatchError(`The file of heads should be LPIPS' for ${network}, but it is ${found.kind === 'lpips' ? `for ${found.network}` : 'something else'}.`, {
      remedy: `Give ${expected}.pth of the package lpips.`,
    });
  }
  return [...found.heads.keys()].sort().map((name) => found.heads.get(name)?.data ?? new Float32Array(0));
}

function headsOf(file: Safetensors, network: LpipsNetwork, version: LpipsVersion): LpipsHead[] {
  const prefix = `lpips.${network === 'alexnet' ? 'alex' : 'vgg'}.v${version}.lin`;
  return [0, 1, 2, 3, 4].map((place) => {
    const head = file.tensors.get(`${prefix}${place}`);
    if (head === undefined) throw new ArgumentError(`LPIPS has no version '${version}' of ${network}.`, { remedy: 'Use 0.1 or 0.0.' });
    return head.float32();
  });
}
