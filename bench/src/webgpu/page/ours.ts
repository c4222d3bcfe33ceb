/** munit on WebGPU: by its own programs, by these captured, with networks in half precision, or composed of TensorFlow.js's kernels. */
import { type Device, openDevice, readTensor, type Tensor, withHalfWeights } from '@munit/core';
import { toOfficialActivation } from '@munit/layers';
import type { Item } from '../../materials/items.js';
import { translation } from '../../contestants/translation.js';
import { withoutOurKernels } from '../../tfjs/webgpu.js';
import type { Files, Subject } from './subject.js';

let opened: Promise<Device> | undefined;
/** One device for all that is measured. */
export const device = (): Promise<Device> => (opened ??= openDevice('webgpu'));

export type How = 'ours' | 'captured' | 'halves' | 'composed';

export async function ours(item: Item, files: Files, how: How): Promise<Subject> {
  const opened = await device();
  const image = translation(item, files.weights, files.inputs, how === 'halves' ? withHalfWeights : undefined);
  // On a GPU, the tiles that prove fastest there.
  if (how !== 'composed') await opened.warmUp(() => void image());
  const read = async (output: Tensor): Promise<Float32Array> => {
    const data = await readTensor(output);
    output.dispose();
    return toOfficialActivation({ shape: output.shape, data: data as Float32Array }).data as Float32Array;
  };
  const captured = how === 'captured' ? opened.capture([], image) : undefined;
  const make = (): Tensor => captured?.run([]) ?? (how === 'composed' ? withoutOurKernels(image) : image());
  return { run: () => read(make()), command: () => make().dispose() };
}
