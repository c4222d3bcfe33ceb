/** y = f((x − mean) · inv · scale + shift) + residual: one reading of x, one writing of y. */
import { type Gpu, type GpuTensor, type Program, sizeOf } from '../../../wgsl/types.js';
import { buffer, flatMain, flatWorkgroups, uniforms } from '../../../wgsl/wgsl.js';
import { affineCode, affineTensors, type Setting, settingKey, settingSizes, settingSizesOf, statisticCode, statisticsLanes } from './setting.js';
import { statisticCount, statisticRows } from './statistics.js';

export function apply(gpu: Gpu, s: Setting, statistics: GpuTensor, residual: GpuTensor | undefined): GpuTensor {
  const y = gpu.allocate(s.x.shape);
  const count = sizeOf(s.x.shape) / s.lanes;
  const tensors = [s.x, statistics, y, ...affineTensors(s), ...(residual === undefined ? [] : [residual])];
  gpu.run(applyProgram(s, residual !== undefined), tensors, [...settingSizesOf(s), count], flatWorkgroups(count));
  return y;
}

const applyProgram = (s: Setting, hasResidual: boolean): Program => ({
  key: `normalize apply ${settingKey(s)} ${hasResidual ? 'residual' : ''}`,
  code: () => {
    const affine = affineTensors(s).length;
    return `
${buffer(0, 'x', s.lanes)}
${buffer(1, 'statistics', statisticsLanes(s))}
${buffer(2, 'y', s.lanes, 'read_write')}
${affineCode(s, 3)}
${hasResidual ? buffer(3 + affine, 'residual', s.lanes) : ''}
${uniforms(3 + affine + (hasResidual ? 1 : 0), [...settingSizes, 'count'])}
${statisticCode(s, 'statistics', statisticCount)}
${flatMain(
  'sizes.count',
  `let channel = index % sizes.vectors;
  let sample = index / (sizes.pixels * sizes.vectors);
  let normalized = (x[index] - statisticsAt(${statisticRows.mean}, sample, channel)) * statisticsAt(${statisticRows.inverse}, sample, channel);
  y[index] = activate(affine(normalized, sample, channel))${hasResidual ? ' + residual[index]' : ''};`,
)}`;
  },
});
