/** munit on WebGPU, by its own programs or composed of TensorFlow.js's kernels. */
import { type Device, openDevice, readTensor, type Tensor } from '@munit/core';
import { toOfficialActivation } from '@munit/layers';
import type { Item } from '../../materials/items.js';
import { translation } from '../../contestants/translation.js';
import { withoutOurKernels } from '../../tfjs/webgpu.js';
import type { Files, Subject } from './subject.js';

let opened: Promise<Device> | undefined;
/** One device for all that is measured. */
export const device = (): Promise<Device> => (opened ??= openDevice('webgpu'));

export async function ours(item: Item, files: Files, fused: boolean): Promise<Subject> {
  await device();
  const image = translation(item, files.weights, files.inputs);
  const read = async (output: Tensor): Promise<Float32Array> => {
    const data = await readTensor(output);
    output.dispose();
    return toOfficialActivation({ shape: output.shape, data: data as Float32Array }).data as Float32Array;
  };
  return { run: () => read(fused ? image() : withoutOurKernels(image)) };
}
