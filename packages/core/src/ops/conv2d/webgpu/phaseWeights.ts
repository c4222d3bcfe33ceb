/** The weights of the four phases: sums of the kernel's taps that see the same cell of the small image. */
import type { Gpu, GpuTensor, Program, TensorStorage } from '../../../wgsl/types.js';
import { buffer, conversions, flatMain, flatWorkgroups, type Lanes, lanesFor, load, store, uniforms } from '../../../wgsl/wgsl.js';
import { type Geometry, phaseAxis } from './geometry.js';

/** [kh, kw, C, O] -> [4, taps, taps, C, O], stored as the weights are. */
export function phaseWeights(gpu: Gpu, g: Geometry, weights: GpuTensor): GpuTensor {
  const [rows, columns] = [phaseAxis(g.kernelHeight, g.pad).taps, phaseAxis(g.kernelWidth, g.pad).taps];
  const storage = gpu.storageOf(weights);
  const summed = gpu.allocate([4, rows, columns, g.channels, g.outputs], storage);
  const lanes = lanesFor(g.channels * g.outputs);
  const each = (g.channels * g.outputs) / lanes;
  gpu.run(phaseWeightsProgram(g, lanes, storage), [weights, summed], [each], flatWorkgroups(4 * rows * columns * each));
  return summed;
}

const phaseWeightsProgram = (g: Geometry, lanes: Lanes, storage: TensorStorage): Program => ({
  key: `conv2d phase weights ${g.kernelHeight}x${g.kernelWidth} pad${g.pad} ${lanes} ${storage}`,
  code: () => phaseWeightsCode(g, lanes, storage),
  storages: [storage, storage],
});

function phaseWeightsCode({ kernelHeight, kernelWidth, pad }: Geometry, lanes: Lanes, storage: TensorStorage): string {
  const [vertical, horizontal] = [phaseAxis(kernelHeight, pad), phaseAxis(kernelWidth, pad)];
  const start = ({ start: [even, odd] }: typeof vertical, phase: string): string => `select(${even}, ${odd}, ${phase} == 1)`;
  return `
${buffer(0, 'weights', lanes, 'read', storage)}
${buffer(1, 'summed', lanes, 'read_write', storage)}
${uniforms(2, ['each'])}
${conversions(storage)}
// The cell that a tap sees: ⌊(phase + tap − pad) / 2⌋; a shift rounds down.
fn cellOf(phase: i32, tap: i32) -> i32 { return (phase + tap - ${pad}) >> 1u; }
${flatMain(
  `${4 * vertical.taps * horizontal.taps} * sizes.each`,
  `let within = index % sizes.each;
  let place = index / sizes.each;
  let phase = place / ${vertical.taps * horizontal.taps};
  let row = (place / ${horizontal.taps}) % ${vertical.taps} + ${start(vertical, 'phase / 2')};
  let column = place % ${horizontal.taps} + ${start(horizontal, 'phase % 2')};
  var sum = ${lanes === 4 ? 'vec4f()' : '0.0'};
  for (var u = 0; u < ${kernelHeight}; u++) {
    if (cellOf(phase / 2, u) != row) { continue; }
    for (var v = 0; v < ${kernelWidth}; v++) {
      if (cellOf(phase % 2, v) == column) { sum += ${load('weights', `(u * ${kernelWidth} + v) * sizes.each + within`, storage)}; }
    }
  }
  ${store('summed', 'index', 'sum', storage)}`,
)}`;
}
