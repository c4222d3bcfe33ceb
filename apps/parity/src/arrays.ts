/** Between the plain arrays of reference files (PyTorch's layouts) and tensors (ours). */
import { type Tensor, tensor } from '@munit/core';
import { fromOfficialActivation, type OfficialTensor, toOfficialActivation } from '@munit/layers';
import type { NdArray } from '@munit/testing';

/** Images become NHWC; the rest stays. The caller owns the tensor. */
export function activationTensor(array: NdArray): Tensor {
  const { shape, data } = fromOfficialActivation(official(array));
  return tensor(data, [...shape]);
}

/** A tensor of ours as the files hold it: images NCHW. */
export async function officialActivation(t: Tensor): Promise<OfficialTensor> {
  return toOfficialActivation({ shape: t.shape, data: (await t.data()) as Float32Array });
}

export const official = ({ shape, data }: NdArray): OfficialTensor => ({ shape, data: data instanceof Float32Array ? data : Float32Array.from(data) });

export const officialMap = (arrays: ReadonlyMap<string, NdArray>): Map<string, OfficialTensor> =>
  new Map([...arrays].map(([name, array]) => [name, official(array)]));
