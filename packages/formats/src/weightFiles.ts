/** The published files of feature networks: where they are, and whether a file is one of them. */
import { MunitError } from '@munit/core';
import { sha256 } from './model/hash.js';
import { type FeatureWeights, readFeatureWeights } from './official/featureWeights.js';

/** A file that the user fetches and names. */
export interface WeightFile {
  /** Its name where it is published. */
  readonly name: string;
  /** Whose weights. */
  readonly network: FeatureWeights['network'];
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

/** torchvision's networks, trained on ImageNet (IMAGENET1K_V1). */
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
];

/** What `checkWeights` finds. */
export interface WeightsCheck {
  /** Whether munit can use the file, knowing what its weights expect. */
  readonly usable: boolean;
  /** The network in it, if it is one that munit knows. */
  readonly network?: FeatureWeights['network'] | undefined;
  /** What images must be brought to. */
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
    const { network, preprocessing } = readFeatureWeights(file);
    return { usable: true, network, preprocessing, ...about };
  } catch (error) {
    if (!(error instanceof MunitError)) throw error;
    return { usable: false, ...about, problem: error.message };
  }
}
