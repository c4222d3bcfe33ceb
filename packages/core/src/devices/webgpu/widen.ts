/** Half precision as float32, for what cannot read it: TensorFlow.js's own programs, and whoever reads a tensor back. */
import type { Program } from '../../wgsl/types.js';
import { buffer, conversions, flatMain, load, uniforms } from '../../wgsl/wgsl.js';

export const widenProgram: Program = {
  key: 'half storage widen',
  code: () => `
${buffer(0, 'half', 4, 'read', 'float16')}
${buffer(1, 'wide', 4, 'read_write')}
${uniforms(2, ['count'])}
${conversions('float16')}
${flatMain('sizes.count', `wide[index] = ${load('half', 'index', 'float16')};`)}`,
};
