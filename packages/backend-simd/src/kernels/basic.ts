/** Kernels that make, share or retype tensors. */
import { type DataType, util } from '@tensorflow/tfjs-core';
import { type Kernel, kernel, sizeOf } from './define.js';

const anyType = { anyType: true };

const identity = kernel('Identity', (call) => call.backend.alias(call.input('x')), anyType);

const reshape = kernel<{ shape: number[] }>('Reshape', (call) => {
  const x = call.input('x');
  const size = sizeOf(x.shape);
  return call.backend.alias(x, util.inferFromImplicitShape(call.attrs.shape, size));
}, anyType);

const expandDims = kernel<{ dim: number }>('ExpandDims', (call) => {
  const x = call.input('input');
  const shape = [...x.shape];
  const { dim } = call.attrs;
  util.assert(-(shape.length + 1) <= dim && dim <= shape.length, () => `Axis must be in the interval [${-(shape.length + 1)}, ${shape.length}]`);
  shape.splice(dim < 0 ? shape.length + 1 + dim : dim, 0, 1);
  return call.backend.alias(x, shape);
}, anyType);

const cast = kernel<{ dtype: DataType }>('Cast', (call) => {
  const x = call.input('x');
  const to = call.attrs.dtype;
  if (x.dtype === to) return call.backend.alias(x);
  if (x.dtype === 'string' || x.dtype === 'complex64' || to === 'string' || to === 'complex64') return undefined;
  const y = call.backend.output(x.shape, to);
  const from = call.backend.data.get(x.dataId).view();
  const view = call.backend.data.get(y.dataId).view();
  if (to === 'bool') for (let i = 0; i < from.length; i++) view[i] = from[i] === 0 ? 0 : 1;
  else view.set(from);
  return y;
}, anyType);

const fillKernel = kernel<{ shape: number[]; value: number | string; dtype: DataType }>('Fill', (call) => {
  const { shape, value } = call.attrs;
  const dtype = call.attrs.dtype ?? util.inferDtype(value);
  if (typeof value === 'string' || dtype === 'string' || dtype === 'complex64') return undefined;
  const y = call.backend.output(shape, dtype);
  call.backend.data.get(y.dataId).view().fill(value);
  return y;
}, anyType);

const like = (name: string, value: number): Kernel => kernel(name, (call) => {
  const x = call.input('x');
  if (x.dtype === 'string' || x.dtype === 'complex64') return undefined;
  const y = call.backend.output(x.shape, x.dtype);
  call.backend.data.get(y.dataId).view().fill(value);
  return y;
}, anyType);

export const basicKernels: readonly Kernel[] = [
  identity, reshape, expandDims, cast, fillKernel, like('ZerosLike', 0), like('OnesLike', 1),
];
