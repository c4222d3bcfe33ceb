/** Folders that CycleGAN's and BicycleGAN's published trainers write: a file for each network, and no description. */
import { ModelSourceError } from '../errors.js';
import type { ArchitectureHints } from '../official/architecture.js';
import { type Checkpoint, recognizeCheckpoint } from '../official/recognize.js';
import { readTorch } from '../torch/read.js';
import { writeNetwork } from '../official/export.js';
import type { Weights } from '../torch/tensor.js';
import { modelOfTranslators } from './imported.js';
import type { Model } from './types.js';

/**
 * The model of `latest_net_G_A.pth` and, where it is there, `latest_net_G_B.pth`; or of `latest_net_G.pth` and `latest_net_E.pth`.
 * Undefined where there is neither generator from A.
 * @throws ModelSourceError when a file is another network; TorchFileError, CheckpointMismatchError or NonFiniteError when it is not sound
 */
export async function publishedFolder(read: (name: string) => Promise<Uint8Array | undefined>, where: string, hints: ArchitectureHints = {}): Promise<Model | undefined> {
  const network = async <K extends 'translator' | 'style-encoder'>(name: string, kind: K): Promise<Extract<Checkpoint, { readonly kind: K }> | undefined> => {
    const bytes = await read(name);
    if (bytes === undefined) return undefined;
    const checkpoint = recognizeCheckpoint(readTorch(bytes), hints);
    if (checkpoint.kind === kind) return checkpoint as Extract<Checkpoint, { readonly kind: K }>;
    throw new ModelSourceError(`${name} of ${where} is a file of kind '${checkpoint.kind}' and no ${kind}.`, { remedy: 'Give the folder as the published trainer wrote it.' });
  };
  const forward = await network('latest_net_G_A.pth', 'translator');
  if (forward !== undefined) return modelOfTranslators({ forward, backward: await network('latest_net_G_B.pth', 'translator') });
  const single = await network('latest_net_G.pth', 'translator');
  if (single === undefined) return undefined;
  return modelOfTranslators({ forward: single, encoder: single.architecture.method === 'bicyclegan' ? await network('latest_net_E.pth', 'style-encoder') : undefined });
}

/** A model of CycleGAN or BicycleGAN as its published code loads it: the bytes of each file by its name. Undefined for other kinds. */
export function publishedNetworkFiles({ architecture, networks: { a, b } }: Model): Map<string, Uint8Array> | undefined {
  if (architecture.method === 'cyclegan') {
    const backward: [string, Uint8Array][] = a.size === 0 ? [] : [['latest_net_G_B.pth', writeNetwork(a)]];
    return new Map([['latest_net_G_A.pth', writeNetwork(b)], ...backward]);
  }
  if (architecture.method !== 'bicyclegan') return undefined;
  const network = (prefix: string): Weights => new Map([...b].filter(([name]) => name.startsWith(prefix)).map(([name, tensor]) => [name.slice(prefix.length), tensor]));
  const encoder: [string, Uint8Array][] = architecture.encoder === 'none' ? [] : [['latest_net_E.pth', writeNetwork(network('E.'))]];
  return new Map([['latest_net_G.pth', writeNetwork(network('G.'))], ...encoder]);
}
