/** y = f((x − mean) · inv · scale + shift) + residual: one reading of x, one writing of y, which is stored as x is. */
import { type Gpu, type GpuTensor, type Program, sizeOf, type TensorStorage } from '../../../wgsl/types.js';
import { buffer, conversions, flatMain, flatWorkgroups, load, store, uniforms } from '../../../wgsl/wgsl.js';
import { affineCode, affineTensors, type Setting, settingKey, settingSizes, settingSizesOf, statisticCode, statisticsLanes } from './setting.js';
import { statisticCount, statisticRows } from './statistics.js';

/** How the large tensors are stored. */
interface Stored {
  readonly x: TensorStorage;
  readonly residual: TensorStorage | undefined;
}

export function apply(gpu: Gpu, s: Setting, statistics: GpuTensor, residual: GpuTensor | undefined): GpuTensor {
  const stored: Stored = { x: gpu.storageOf(s.x), residual: residual && gpu.storageOf(residual) };
  const y = gpu.allocate(s.x.shape, stored.x);
  const count = sizeOf(s.x.shape) / s.lanes;
  const tensors = [s.x, statistics, y, ...affineTensors(s), ...(residual === undefined ? [] : [residual])];
  gpu.run(applyProgram(s, stored), tensors, [...settingSizesOf(s), count], flatWorkgroups(count));
  return y;
}

const applyProgram = (s: Setting, { x, residual }: Stored): Program => ({
  key: `normalize apply ${settingKey(s)} ${x} ${residual === undefined ? '' : `residual ${residual}`}`,
  storages: [x, 'float32', x, ...affineTensors(s).map(() => 'float32' as const), ...(residual === undefined ? [] : [residual])],
  code: () => {
    const affine = affineTensors(s).length;
    return `
${buffer(0, 'x', s.lanes, 'read', x)}
${buffer(1, 'statistics', statisticsLanes(s))}
${buffer(2, 'y', s.lanes, 'read_write', x)}
${affineCode(s, 3)}
${residual === undefined ? '' : buffer(3 + affine, 'residual', s.lanes, 'read', residual)}
${uniforms(3 + affine + (residual === undefined ? 0 : 1), [...settingSizes, 'count'])}
${conversions(x, residual ?? 'float32')}
${statisticCode(s, 'statistics', statisticCount)}
${flatMain(
  'sizes.count',
  `let channel = index % sizes.vectors;
  let sample = index / (sizes.pixels * sizes.vectors);
  let normalized = (${load('x', 'index', x)} - statisticsAt(${statisticRows.mean}, sample, channel)) * statisticsAt(${statisticRows.inverse}, sample, channel);
  ${store('y', 'index', `activate(affine(normalized, sample, channel))${residual === undefined ? '' : ` + ${load('residual', 'index', residual)}`}`, x)}`,
)}`;
  },
});
