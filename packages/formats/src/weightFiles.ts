/** The published files of feature networks: where they are, and whether a file is one of them. */
import { MunitError } from '@munit/core';
import { sha256 } from './model/hash.js';
import { type FeatureWeights, readFeatureWeights } from './official/featureWeights.js';
import { readInceptionWeights } from './official/inceptionWeights.js';

/** Networks whose files munit reads: `inception` is TensorFlow's of 2015, which the FID is defined on. */
export type WeightFileNetwork = FeatureWeights['network'] | 'inception' | 'inception-torchvision';

/** A file that the user fetches and names. */
export interface WeightFile {
  /** Its name where it is published. */
  readonly name: string;
  /** Whose weights. */
  readonly network: WeightFileNetwork;
  /** What they are needed for. */
  readonly use: string;
  /** Where it is published. */
  readonly address: string;
  /** Its size. */
  readonly bytes: number;
  /** Of the whole file, in hexadecimal. */
  readonly sha256: string;
  /** Under which terms. */
  readonly licence: string;
}

/** torchvision's networks, trained on ImageNet (IMAGENET1K_V1), and TensorFlow's Inception of 2015 as pytorch-fid has it. */
export const weightFiles: readonly WeightFile[] = [
  {
    name: 'vgg16-397923af.pth',
    network: 'vgg16',
    use: 'the perceptual loss (vgg_weights); LPIPS with vgg16; features of vgg16 for FID and KID',
    address: 'https://download.pytorch.org/models/vgg16-397923af.pth',
    bytes: 553_433_881,
    sha256: '397923af8e79cdbb6a7127f12361acd7a2f83e06b05044ddf496e83de57a5bf0',
    licence: 'BSD-3-Clause (torchvision)',
  },
  {
    name: 'alexnet-owt-7be5be79.pth',
    network: 'alexnet',
    use: 'nothing that needs the file: its features come with @munit/lpips-weights, mostly in float16; this is float32',
    address: 'https://download.pytorch.org/models/alexnet-owt-7be5be79.pth',
    bytes: 244_408_911,
    sha256: '7be5be791159472b1fbf3c69796f7cb30dca7ad8466c2df70058c37116cdee02',
    licence: 'BSD-3-Clause (torchvision)',
  },
  {
    name: 'pt_inception-2015-12-05-6726825d.pth',
    network: 'inception',
    use: 'features of inception for FID (fid-inception) and KID: those that papers report',
    address: 'https://github.com/mseitzer/pytorch-fid/releases/download/fid_weights/pt_inception-2015-12-05-6726825d.pth',
    bytes: 95_628_359,
    sha256: '6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2',
    licence: 'Apache-2.0 (pytorch-fid; TensorFlow)',
  },
  {
    name: 'squeezenet1_1-b8a52dc0.pth',
    network: 'squeezenet',
    use: 'LPIPS with squeezenet (its heads, squeeze.pth of the package lpips, are needed too)',
    address: 'https://download.pytorch.org/models/squeezenet1_1-b8a52dc0.pth',
    bytes: 4_958_839,
    sha256: 'b8a52dc049b60e4b6ab68ad0df457362afab8b6304b2febdc1650a5dab4d7e7b',
    licence: 'BSD-3-Clause (torchvision)',
  },
];

/** What `checkWeights` finds. */
export interface WeightsCheck {
  /** Whether munit can use the file, knowing what its weights expect. */
  readonly usable: boolean;
  /** The network in it, if it is one that munit knows. */
  readonly network?: WeightFileNetwork | undefined;
  /** What images must be brought to; undefined for Inception, which takes [−1, 1] as it is. */
  readonly preprocessing?: FeatureWeights['preprocessing'] | undefined;
  /** The published file that it is, byte for byte. */
  readonly published?: WeightFile | undefined;
  /** Its size. */
  readonly bytes: number;
  /** Its SHA-256 in hexadecimal. */
  readonly sha256: string;
  /** Why it is not usable, and what to do. */
  readonly problem?: string | undefined;
}

/** Says what a file of weights is. A file that cannot be read, or holds something else, is an answer and not an error. */
export async function checkWeights(file: Uint8Array<ArrayBuffer>): Promise<WeightsCheck> {
  const sum = await sha256(file);
  const about = { bytes: file.length, sha256: sum, published: weightFiles.find((known) => known.sha256 === sum) };
  try {
    return { usable: true, ...contentOf(file), ...about };
  } catch (error) {
    if (!(error instanceof MunitError)) throw error;
    return { usable: false, ...about, problem: error.message };
  }
}

/** @throws MunitError as `readFeatureWeights` where the file holds neither kind of network */
function contentOf(file: Uint8Array): Pick<WeightsCheck, 'network' | 'preprocessing'> {
  try {
    const { network, preprocessing } = readFeatureWeights(file);
    return { network, preprocessing };
  } catch (error) {
    const inception = tryInception(file);
    if (inception === undefined) throw error;
    return { network: inception, preprocessing: undefined };
  }
}

function tryInception(file: Uint8Array): WeightFileNetwork | undefined {
  try {
    return readInceptionWeights(file).variant === 'fid' ? 'inception' : 'inception-torchvision';
  } catch (error) {
    if (error instanceof MunitError) return undefined;
    throw error;
  }
}
