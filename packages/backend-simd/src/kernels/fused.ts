/** What follows the product in TensorFlow.js's fused kernels: a bias, then an activation. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { ACTIVATION } from './activation.js';
import { applyBinary, BINARY, repeats } from './binary.js';
import { type Epilogue, NO_EPILOGUE } from './conv.js';
import { type Call, sizeOf } from './define.js';
import { UNARY } from './unary.js';

/** Attributes of every fused kernel. */
export interface FusedAttrs {
  readonly activation?: 'linear' | 'relu' | 'relu6' | 'elu' | 'prelu' | 'leakyrelu' | 'sigmoid';
  readonly leakyreluAlpha?: number;
}

/** TensorFlow.js's own default. */
const ALPHA = 0.2;

/** Activations that a convolution applies to its output while it is still at hand. */
const AT_ONCE = { linear: ACTIVATION.none, relu: ACTIVATION.relu, leakyrelu: ACTIVATION.lrelu, relu6: ACTIVATION.relu6 } as const;

/** What a convolution with `outputs` channels can do at once, or undefined where `finish` must follow. */
export function epilogueOf(call: Call<FusedAttrs>, outputs: number): Epilogue | undefined {
  const { activation = 'linear', leakyreluAlpha = ALPHA } = call.attrs;
  const { bias } = call.inputs;
  const code = (AT_ONCE as Partial<Record<string, number>>)[activation];
  if (code === undefined || (bias && !(bias.shape.at(-1) === outputs && sizeOf(bias.shape) === outputs))) return undefined;
  return { bias: call.address('bias'), activation: code, slope: leakyreluAlpha };
}

/** The convolution with its bias and activation, by one pass where it can be. */
export function withEpilogue(call: Call<FusedAttrs>, outputs: number, convolve: (epilogue: Epilogue) => TensorInfo): TensorInfo | undefined {
  const epilogue = epilogueOf(call, outputs);
  return epilogue ? convolve(epilogue) : finish(call, convolve(NO_EPILOGUE));
}

/** `y` with the call's bias added and its activation applied: in place where nothing has to be broadcast. */
export function finish(call: Call<FusedAttrs>, y: TensorInfo): TensorInfo | undefined {
  const { activation = 'linear', leakyreluAlpha = ALPHA } = call.attrs;
  const { bias, preluActivationWeights: weights } = call.inputs;
  const sum = bias ? combine(call, BINARY.Add, y, bias) : y;
  if (!sum || activation === 'linear') return sum;
  if (activation === 'prelu') return combine(call, BINARY.Prelu, sum, weights ?? call.input('preluActivationWeights'));
  const at = call.backend.pointer(sum);
  const [op, a, b] = {
    relu: [UNARY.Relu, 0, 0], relu6: [UNARY.ClipByValue, 0, 6], elu: [UNARY.Elu, 0, 0], sigmoid: [UNARY.Sigmoid, 0, 0],
    leakyrelu: [UNARY.LeakyRelu, leakyreluAlpha, 0],
  }[activation] as [number, number, number];
  call.wasm.unary(op, at, at, sizeOf(sum.shape), a, b);
  return sum;
}

/** op(y, other), to y's own memory where `other` repeats as it lies. Takes y over. */
function combine(call: Call<unknown>, op: number, y: TensorInfo, other: TensorInfo): TensorInfo | undefined {
  if (other.shape.length <= y.shape.length && repeats(other.shape, y.shape)) {
    const [at, size] = [call.backend.pointer(y), sizeOf(y.shape)];
    if (size > 0) call.wasm.binary(op, at, size, call.backend.pointer(other), sizeOf(other.shape), at, size);
    return y;
  }
  const result = applyBinary(call, op, y, other);
  call.backend.disposeIntermediateTensorInfo(y);
  return result;
}
