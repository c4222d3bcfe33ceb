/** A fine-tuning that was interrupted, as a file: the same numbers, to the bit, as if it had not been. */
import { CheckpointMismatchError, readSafetensors, readTensor, type Safetensors, type Tensor, tensor, treeEntries, treeUpdate, writeSafetensors } from '@munit/core';
import type { Interval } from '../statistics/bootstrap.js';
import type { Split } from './heldOut.js';
import type { SoftmaxModel } from './softmax.js';
import type { TunedParams, TuningState } from './tuning.js';

/** What was found on frozen features, from which the training began. */
export interface Beginning {
  readonly splits: readonly Split[];
  readonly penalty: number;
  readonly before: { readonly accuracy: number; readonly interval: Interval };
  /** Means and deviations of the features. */
  readonly standard: Pick<SoftmaxModel, 'mean' | 'scale'>;
}

const format = 'munit-fine-tuning';

/** The bytes of the file. `settings` says whose training it is. */
export async function writeTuning(settings: string, { splits, penalty, before, standard }: Beginning, { params, m, v, step }: TuningState): Promise<Uint8Array> {
  const entries: [string, { readonly shape: readonly number[]; readonly data: Float32Array }][] = [];
  for (const [name, tree] of Object.entries({ params, m, v })) {
    for (const { path, leaf } of treeEntries<Tensor>(tree)) entries.push([`${name}.${path}`, { shape: leaf.shape, data: await readTensor(leaf) }]);
  }
  // Means and deviations are float64: as text, which keeps them whole.
  const numbers = { splits, penalty, before, mean: [...standard.mean], scale: [...standard.scale], step };
  return writeSafetensors(entries, { format, settings, numbers: JSON.stringify(numbers) });
}

/**
 * What a file says, for a training with the same settings. `like` has its shapes; its tensors are freed, and those of the result are the caller's.
 * @throws CheckpointMismatchError for a file of another training, or none
 */
export function readTuning(file: OpenTuning, like: TuningState): TuningState {
  const read = (name: string, tree: TunedParams): TunedParams =>
    treeUpdate<Tensor, TunedParams>(tree, (leaf, path) => {
      const found = file.tensors.get(`${name}.${path}`);
      if (found === undefined || found.shape.join() !== leaf.shape.join()) throw refuse(`it has no '${name}.${path}' of [${leaf.shape.join(', ')}]`);
      return tensor(found.float32(), leaf.shape);
    });
  const state = { params: read('params', like.params), m: read('m', like.m), v: read('v', like.v), step: file.step };
  for (const tree of [like.params, like.m, like.v]) for (const { leaf } of treeEntries<Tensor>(tree)) leaf.dispose();
  return state;
}

/** A file whose settings have been checked. */
export interface OpenTuning extends Beginning {
  readonly tensors: Safetensors['tensors'];
  readonly step: number;
}

/** Reads all but the tensors. @throws CheckpointMismatchError for a file of another training, or none */
export function openTuning(file: Uint8Array, settings: string): OpenTuning {
  const { tensors, metadata } = readSafetensors(file);
  const numbers = metadata.get('numbers');
  if (metadata.get('format') !== format || numbers === undefined) throw refuse('it is something else');
  if (metadata.get('settings') !== settings) throw refuse('it was begun with other images or settings');
  const { mean, scale, ...rest } = JSON.parse(numbers) as Omit<Beginning, 'standard'> & { readonly mean: number[]; readonly scale: number[]; readonly step: number };
  return { ...rest, standard: { mean: Float64Array.from(mean), scale: Float64Array.from(scale) }, tensors };
}

const refuse = (problem: string): CheckpointMismatchError =>
  new CheckpointMismatchError(`The interrupted fine-tuning cannot be continued: ${problem}.`, { remedy: 'Give the images and settings that it was begun with, or start again.' });
