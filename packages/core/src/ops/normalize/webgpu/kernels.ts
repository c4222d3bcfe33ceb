/** `FusedNormalize` and its gradient on WebGPU: see the op for their meaning, and each program for how it works. */
import { type GpuKernel, input } from '../../../wgsl/types.js';
import { apply } from './apply.js';
import { gradients } from './gradient.js';
import { settingOf } from './setting.js';
import { statistics } from './statistics.js';

export const normalizeKernels: readonly GpuKernel[] = [
  {
    name: 'FusedNormalize',
    run({ gpu, inputs, attributes }) {
      const s = settingOf(inputs, attributes);
      const found = statistics(gpu, s);
      // All statistics are in one tensor: it goes by both names.
      return [apply(gpu, s, found, inputs['residual']), found, gpu.share(found)];
    },
  },
  {
    name: 'FusedNormalizeGrad',
    run({ gpu, inputs, attributes }) {
      const { needsX, needsScale, needsShift } = attributes;
      const needs = { x: needsX === true, scale: needsScale === true, shift: needsShift === true };
      return gradients(gpu, settingOf(inputs, attributes), input(inputs, 'dy'), input(inputs, 'mean'), needs);
    },
  },
];
