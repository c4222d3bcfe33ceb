/** Elementwise functions of one tensor. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type Call, type Kernel, kernel, sizeOf } from './define.js';

/** Codes of assembly/elementwise/unary.ts. */
export const UNARY = {
  Neg: 0, Square: 1, Sqrt: 2, Rsqrt: 3, Exp: 4, Log: 5, Abs: 6, Sign: 7, Tanh: 8, Relu: 9, LeakyRelu: 10, Sigmoid: 11,
  Softplus: 12, Step: 13, ClipByValue: 14, ScaleShift: 15, Elu: 16,
} as const;

export function applyUnary(call: Call<unknown>, op: number, x: TensorInfo, a = 0, b = 0): TensorInfo {
  const y = call.backend.output(x.shape);
  call.wasm.unary(op, call.backend.pointer(x), call.backend.pointer(y), sizeOf(x.shape), a, b);
  return y;
}

const plain = (['Neg', 'Square', 'Sqrt', 'Rsqrt', 'Exp', 'Log', 'Abs', 'Sign', 'Tanh', 'Relu', 'Sigmoid', 'Softplus', 'Elu'] as const).map(
  (name) => kernel(name, (call) => applyUnary(call, UNARY[name], call.input('x'))),
);

export const unaryKernels: readonly Kernel[] = [
  ...plain,
  kernel<{ alpha: number }>('LeakyRelu', (call) => applyUnary(call, UNARY.LeakyRelu, call.input('x'), call.attrs.alpha)),
  kernel('Relu6', (call) => applyUnary(call, UNARY.ClipByValue, call.input('x'), 0, 6)),
  kernel<{ alpha: number }>('Step', (call) => applyUnary(call, UNARY.Step, call.input('x'), call.attrs.alpha)),
  kernel<{ clipValueMin: number; clipValueMax: number }>('ClipByValue', (call) =>
    applyUnary(call, UNARY.ClipByValue, call.input('x'), call.attrs.clipValueMin, call.attrs.clipValueMax)),
];
