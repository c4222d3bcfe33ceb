/**
 * A training state with its tensors under published names and in PyTorch's layouts, and back, bit for bit: `gen_a.enc_content.…`,
 * `average.gen_a.…`, `adam.m.gen_a.…`, `adam.v.dis_b.…`, `own.pool_a`. No device takes part.
 */
import { CheckpointMismatchError, readSafetensors, writeSafetensors, type WriteEntry } from '@munit/core';
import { fromOfficialActivation, fromOfficialArrays, type OfficialTensor, toOfficialActivation, toOfficialArrays } from '@munit/layers';
import type { TrainingConfig } from '../../config/schema.js';
import { publishedNetworks } from '../../methods/create.js';
import type { PublishedNetwork } from '../../methods/method.js';
import { encodedFormat } from '../../state/checkpoint.js';
import { STATE_FORMAT } from './layout.js';

const own = 'own.';

/** A set of tensors of some networks: where it lies in our checkpoints, and what its names begin with in PyTorch's. */
interface Family {
  /** `gen`, `dis_m`, `ema`. */
  readonly tree: string;
  /** Empty for the parameters themselves. */
  readonly prefix: string;
  readonly part: 'gen' | 'dis';
  /** Whether spectral norm's vectors are in it. */
  readonly state: 'required' | 'optional';
}

const families: readonly Family[] = (['gen', 'dis'] as const).flatMap((part): Family[] => [
  { tree: part, prefix: '', part, state: 'required' },
  { tree: `${part}_m`, prefix: 'adam.m.', part, state: 'optional' },
  { tree: `${part}_v`, prefix: 'adam.v.', part, state: 'optional' },
]).concat({ tree: 'ema', prefix: 'average.', part: 'gen', state: 'required' });

type Tensors = ReadonlyMap<string, OfficialTensor>;

/** The tensors whose names begin with `prefix`, without it. */
const below = (tensors: Tensors, prefix: string): Map<string, OfficialTensor> =>
  new Map([...tensors].filter(([name]) => name.startsWith(prefix)).map(([name, value]) => [name.slice(prefix.length), value]));

function read(bytes: Uint8Array): { readonly tensors: Tensors; readonly metadata: Record<string, string> } {
  const { tensors, metadata } = readSafetensors(bytes);
  return { tensors: new Map([...tensors].map(([name, tensor]) => [name, { shape: tensor.shape, data: tensor.float32() }])), metadata: Object.fromEntries(metadata) };
}

/** Every family that the file has, of every network. */
function everyFamily(config: TrainingConfig, has: (family: Family) => boolean): { readonly family: Family; readonly network: PublishedNetwork }[] {
  const networks = publishedNetworks(config);
  return families.filter(has).flatMap((family) => networks.filter(({ part }) => part === family.part).map((network) => ({ family, network })));
}

/** A checkpoint of a run folder as `munit_torch` reads it. @throws CheckpointMismatchError when it does not fit the configuration */
export function toTorchCheckpoint(bytes: Uint8Array, config: TrainingConfig): Uint8Array {
  const { tensors, metadata } = read(bytes);
  const { config: _, format: __, ...kept } = metadata;
  const entries: [string, WriteEntry][] = [];
  for (const { family, network } of everyFamily(config, ({ tree }) => tree !== 'ema' || config.ema_half_life_images > 0)) {
    const arrays = toOfficialArrays(network.layer, below(tensors, `${family.tree}.${network.key}.`));
    for (const [name, tensor] of arrays) entries.push([`${family.prefix}${network.name}.${name}`, tensor]);
  }
  for (const [name, tensor] of below(tensors, own)) entries.push([own + name, toOfficialActivation(tensor)]);
  return writeSafetensors(entries, { ...kept, format: STATE_FORMAT });
}

/**
 * A checkpoint of `munit_torch` as a run folder keeps it.
 * @throws CheckpointMismatchError when it is not one, or does not fit the configuration; SafetensorsError when it is damaged
 */
export function fromTorchCheckpoint(bytes: Uint8Array, config: TrainingConfig): Uint8Array {
  const { tensors, metadata } = read(bytes);
  if (metadata['format'] !== STATE_FORMAT) {
    throw new CheckpointMismatchError(`This file is not a training state of munit_torch: its format is '${metadata['format'] ?? 'missing'}'.`, { remedy: `Give a folder whose checkpoints are of the format '${STATE_FORMAT}'.` });
  }
  const entries: [string, WriteEntry][] = [];
  for (const { family, network } of everyFamily(config, ({ tree }) => tree !== 'ema' || config.ema_half_life_images > 0)) {
    const given = below(tensors, `${family.prefix}${network.name}.`);
    for (const [path, tensor] of fromOfficialArrays(network.layer, given, { state: family.state })) entries.push([`${family.tree}.${network.key}.${path}`, tensor]);
  }
  for (const [name, tensor] of below(tensors, own)) entries.push([own + name, fromOfficialActivation(tensor)]);
  return writeSafetensors(entries, { ...metadata, config: JSON.stringify(config), format: encodedFormat });
}
