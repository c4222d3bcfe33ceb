/** FusedNormalize: normalisation, affine, activation and residual sum in one kernel, with its gradient. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { ACTIVATION, type Activation } from './activation.js';
import { type Call, type Kernel, kernel } from './define.js';

export interface FusedNormalizeAttrs {
  readonly over: 'instance' | 'layer';
  readonly epsilon: number;
  readonly perSample: boolean;
  readonly activation: Activation;
  readonly slope: number;
}

export interface FusedNormalizeGradAttrs extends FusedNormalizeAttrs {
  readonly needsX: boolean;
  readonly needsScale: boolean;
  readonly needsShift: boolean;
}

function sizes(call: Call<FusedNormalizeAttrs>): { n: number; pixels: number; c: number; over: number } {
  const [n = 1, h = 1, w = 1, c = 1] = call.input('x').shape;
  return { n, pixels: h * w, c, over: call.attrs.over === 'layer' ? 1 : 0 };
}

const fusedNormalize = kernel<FusedNormalizeAttrs>('FusedNormalize', (call) => {
  const { n, pixels, c, over } = sizes(call);
  const { epsilon, perSample, activation, slope } = call.attrs;
  const { backend } = call;
  const y = backend.output(call.input('x').shape);
  const statShape = over === 1 ? [n] : [n, c];
  const [mean, inv] = [backend.output(statShape), backend.output(statShape)];
  call.wasm.normalize(
    call.address('x'), n, pixels, c, call.address('scale'), call.address('shift'), perSample ? 1 : 0, call.address('residual'),
    over, epsilon, ACTIVATION[activation], slope, backend.pointer(y), backend.pointer(mean), backend.pointer(inv),
  );
  return [y, mean, inv];
});

const fusedNormalizeGrad = kernel<FusedNormalizeGradAttrs>('FusedNormalizeGrad', (call) => {
  const { n, pixels, c, over } = sizes(call);
  const { epsilon, perSample, activation, slope, needsX, needsScale, needsShift } = call.attrs;
  const { backend } = call;
  const affineShape = perSample ? [n, c] : [c];
  const dx = needsX ? backend.output(call.input('x').shape) : undefined;
  const dScale = needsScale ? backend.output(affineShape) : undefined;
  const dShift = needsShift ? backend.output(affineShape) : undefined;
  const at = (info: TensorInfo | undefined): number => (info ? backend.pointer(info) : 0);
  call.wasm.normalizeGrad(
    call.address('x'), n, pixels, c, call.address('dy'), call.address('mean'), call.address('inv'), call.address('scale'), call.address('shift'),
    perSample ? 1 : 0, over, epsilon, ACTIVATION[activation], slope, at(dx), at(dScale), at(dShift),
  );
  return [dx, dScale, dShift].filter((info) => info !== undefined);
});

export const normalizeKernels: readonly Kernel[] = [fusedNormalize, fusedNormalizeGrad];
