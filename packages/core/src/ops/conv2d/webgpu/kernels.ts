/** `PaddedConv2D` and its gradient on WebGPU: see the op for their meaning, and each program for how it works. */
import { activationGradient } from '../../activation/webgpu.js';
import { channelSums } from '../../../wgsl/channelSums.js';
import { type Attributes, type GpuKernel, type GpuTensor, input, type KernelInputs, shape4 } from '../../../wgsl/types.js';
import type { Conv2dSettings } from '../types.js';
import { forward } from './forward.js';
import { type Geometry, geometryOf } from './geometry.js';
import { inputGradient } from './inputGradient/inputGradient.js';
import { weightsGradient } from './weightsGradient.js';

/** What `ops/conv2d/fused.ts` gives with every call. */
type ConvAttributes = Conv2dSettings & { readonly slope: number; readonly needsX?: boolean; readonly needsFilter?: boolean; readonly needsBias?: boolean };

const attributesOf = (attributes: Attributes): ConvAttributes => attributes as unknown as ConvAttributes;
const geometry = (inputs: KernelInputs, attributes: ConvAttributes): Geometry =>
  geometryOf(shape4(input(inputs, 'x')), shape4(input(inputs, 'filter')), attributes);

export const conv2dKernels: readonly GpuKernel[] = [
  {
    name: 'PaddedConv2D',
    run: ({ gpu, inputs, attributes }) => [
      forward(gpu, geometry(inputs, attributesOf(attributes)), input(inputs, 'x'), input(inputs, 'filter'), inputs['bias']),
    ],
  },
  {
    name: 'PaddedConv2DGrad',
    run({ gpu, inputs, attributes }) {
      const { needsX, needsFilter, needsBias, activation, slope } = attributesOf(attributes);
      const g = geometry(inputs, attributesOf(attributes));
      const dy = input(inputs, 'dy');
      const dz = activation === 'none' ? dy : activationGradient(gpu, activation, slope, dy, input(inputs, 'y'));
      const gradients: GpuTensor[] = [];
      if (needsX === true) gradients.push(inputGradient(gpu, g, input(inputs, 'filter'), dz));
      if (needsFilter === true) gradients.push(weightsGradient(gpu, g, input(inputs, 'x'), dz));
      if (needsBias === true) gradients.push(channelSums(gpu, dz, g.outputs));
      if (dz !== dy) gpu.release(dz);
      return gradients;
    },
  },
];
