/** Batch norms of inference as part of the convolutions before them. */
import { CheckpointMismatchError } from '@munit/core';
import type { OfficialTensor } from './layout.js';

/**
 * A state dict in which every pair of `<name>.conv` (without bias) and `<name>.bn` has become one convolution `<name>` with a bias:
 * weight · γ / √(var + ε), and β − mean · γ / √(var + ε). Computed in float64; other tensors stay as they are.
 * @param epsilon of the batch norms; Inception's is 0.001
 * @throws CheckpointMismatchError when a batch norm lacks a tensor, or is of another width than its convolution
 */
export function foldBatchNorms(official: ReadonlyMap<string, OfficialTensor>, epsilon: number): Map<string, OfficialTensor> {
  const folded = new Map<string, OfficialTensor>();
  for (const [key, tensor] of official) {
    const name = /^(.*)\.conv\.weight$/.exec(key)?.[1];
    if (name === undefined) {
      if (!/\.bn\.(weight|bias|running_mean|running_var|num_batches_tracked)$/.test(key)) folded.set(key, tensor);
      continue;
    }
    const outputs = tensor.shape[0] ?? 0;
    const [scale, shift, mean, variance] = ['weight', 'bias', 'running_mean', 'running_var'].map((part) => channelsOf(official, `${name}.bn.${part}`, outputs)) as [
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    const factor = Float64Array.from(scale, (value, o) => value / Math.sqrt((variance[o] as number) + epsilon));
    const perOutput = tensor.data.length / outputs;
    folded.set(`${name}.weight`, { shape: tensor.shape, data: tensor.data.map((value, i) => value * (factor[Math.floor(i / perOutput)] as number)) });
    folded.set(`${name}.bias`, { shape: [outputs], data: shift.map((value, o) => value - (mean[o] as number) * (factor[o] as number)) });
  }
  return folded;
}

function channelsOf(official: ReadonlyMap<string, OfficialTensor>, key: string, outputs: number): Float32Array {
  const found = official.get(key);
  if (found === undefined || found.shape.join() !== `${outputs}`) {
    throw new CheckpointMismatchError(`The tensor '${key}' should be [${outputs}], and ${found === undefined ? 'is missing' : `is [${found.shape.join(', ')}]`}.`, {
      remedy: "Give the whole state dict: a convolution's batch norm has a weight, a bias, a running mean and a running variance.",
    });
  }
  return found.data;
}
