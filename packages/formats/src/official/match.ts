/** Picks a network's tensors from a checkpoint, and names all that does not fit. */
import { CheckpointMismatchError, NonFiniteError } from '@munit/core';
import { float32Tensor, type Float32Tensor, type StateDict, toFloat32, type TorchTensor, type Weights } from '../torch/tensor.js';
import type { LayoutEntry } from './layout.js';

/** A network's tensors, picked from a checkpoint. */
export interface Matched {
  /** Every tensor of the layout, float32, in its order. */
  readonly weights: Weights;
  /** Tensors that were left out because the networks of today have no use for them. */
  readonly ignored: readonly string[];
}

/** Statistics that PyTorch 0.3 kept for instance norm, and batch norm's counter. */
const STATISTICS = /(^|\.)(running_mean|running_var|num_batches_tracked)$/;

/** How many names a message lists. */
const LISTED = 8;

function list(title: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const more = names.length > LISTED ? `, and ${names.length - LISTED} more` : '';
  return [`${title}: ${names.slice(0, LISTED).join(', ')}${more}.`];
}

function fits(tensor: TorchTensor, entry: LayoutEntry): boolean {
  return tensor.shape.length === entry.shape.length && tensor.shape.every((dim, axis) => dim === entry.shape[axis]);
}

/** What a buffer holds in a network that was never trained. */
function initial(entry: LayoutEntry): Float32Tensor {
  const size = entry.shape.reduce((product, dim) => product * dim, 1);
  return float32Tensor(entry.shape, new Float32Array(size).fill(entry.initial));
}

function checkFinite(what: string, name: string, values: Float32Array): void {
  // A plain loop: over thirty million weights it takes a tenth of the time of findIndex.
  let at = 0;
  while (at < values.length && Number.isFinite(values[at])) at++;
  if (at === values.length) return;
  throw new NonFiniteError(`The tensor '${name}' of ${what} has the value ${values[at]} at ${at}.`, {
    remedy: 'The training that wrote it had diverged; take an earlier checkpoint.',
  });
}

/**
 * `what` names the network in messages.
 * @throws CheckpointMismatchError that lists missing, unexpected and misshapen tensors
 * @throws NonFiniteError when a weight is NaN or infinite
 */
export function matchLayout(what: string, found: StateDict, layout: readonly LayoutEntry[]): Matched {
  const missing: string[] = [];
  const misshapen: string[] = [];
  for (const entry of layout) {
    const tensor = found.get(entry.name);
    if (tensor === undefined) {
      if (entry.role !== 'buffer') missing.push(entry.name);
    } else if (!fits(tensor, entry)) {
      misshapen.push(`${entry.name} is [${tensor.shape.join(', ')}] instead of [${entry.shape.join(', ')}]`);
    }
  }
  const known = new Set(layout.map((entry) => entry.name));
  const extra = [...found.keys()].filter((name) => !known.has(name));
  const unexpected = extra.filter((name) => !STATISTICS.test(name));
  if (missing.length + misshapen.length + unexpected.length > 0) {
    const problems = [...list('Missing', missing), ...list('Unexpected', unexpected), ...list('Misshapen', misshapen)];
    throw new CheckpointMismatchError(`The checkpoint does not fit ${what}. ${problems.join(' ')}`, {
      remedy: 'Give the file that belongs to this network, from a run of the published code.',
    });
  }
  const weights = new Map<string, Float32Tensor>();
  for (const entry of layout) {
    const tensor = found.get(entry.name);
    const values = tensor === undefined ? initial(entry) : float32Tensor(entry.shape, toFloat32(tensor));
    checkFinite(what, entry.name, values.data);
    weights.set(entry.name, values);
  }
  return { weights, ignored: extra };
}
