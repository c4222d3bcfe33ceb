/** `AdamUpdate` and `EmaUpdate` on WebGPU: one dispatch per tensor, which overwrites it, where the composed forms make a dozen and as many tensors. */
import { type Attributes, type GpuKernel, type GpuTensor, input, type Program, sizeOf } from '../../wgsl/types.js';
import { buffer, flatMain, flatWorkgroups, type Lanes, lanesFor, uniforms } from '../../wgsl/wgsl.js';

const numberOf = (attributes: Attributes, name: string): number => attributes[name] as number;
const lanesOf = ({ shape }: GpuTensor): Lanes => lanesFor(sizeOf(shape));

/** The numbers of an update, in the order of the program's uniforms. 1 − β is taken here: in float32 it would lose digits. */
function adamNumbers(attributes: Attributes): readonly { readonly float: number }[] {
  const of = (name: string): number => numberOf(attributes, name);
  const [beta1, beta2] = [of('beta1'), of('beta2')];
  const rate = of('learningRate') / of('biasCorrection1');
  const correction = 1 / Math.sqrt(of('biasCorrection2'));
  return [rate, beta1, 1 - beta1, beta2, 1 - beta2, of('epsilon'), of('weightDecay'), correction].map((float) => ({ float }));
}

const adamProgram = (lanes: Lanes): Program => ({
  key: `adam ${lanes}`,
  code: () => `
${buffer(0, 'p', lanes, 'read_write')}
${buffer(1, 'm', lanes, 'read_write')}
${buffer(2, 'v', lanes, 'read_write')}
${buffer(3, 'g', lanes)}
${uniforms(4, ['count', ...['rate', 'beta1', 'rest1', 'beta2', 'rest2', 'epsilon', 'decay', 'correction'].map((name) => `${name}: f32`)])}
${flatMain(
  'sizes.count',
  `let slope = g[index] + sizes.decay * p[index];
  let first = sizes.beta1 * m[index] + sizes.rest1 * slope;
  let second = sizes.beta2 * v[index] + sizes.rest2 * slope * slope;
  p[index] -= sizes.rate * first / (sqrt(second) * sizes.correction + sizes.epsilon);
  m[index] = first;
  v[index] = second;`,
)}`,
});

const averageProgram = (lanes: Lanes): Program => ({
  key: `moving average ${lanes}`,
  code: () => `
${buffer(0, 'e', lanes, 'read_write')}
${buffer(1, 'p', lanes)}
${uniforms(2, ['count', 'decay: f32', 'rest: f32'])}
${flatMain('sizes.count', 'e[index] = sizes.decay * e[index] + sizes.rest * p[index];')}`,
});

export const adamKernels: readonly GpuKernel[] = [
  {
    name: 'AdamUpdate',
    run({ gpu, inputs, attributes }) {
      const numbers = adamNumbers(attributes);
      const updated = Array.from({ length: numberOf(attributes, 'count') }, (_, i) => {
        const [p, m, v] = (['p', 'm', 'v'] as const).map((name) => gpu.takeOver(input(inputs, `${name}${i}`))) as [GpuTensor, GpuTensor, GpuTensor];
        const count = sizeOf(p.shape) / lanesOf(p);
        gpu.run(adamProgram(lanesOf(p)), [p, m, v, input(inputs, `g${i}`)], [count, ...numbers], flatWorkgroups(count));
        return { p, m, v };
      });
      return [...updated.map(({ p }) => p), ...updated.map(({ m }) => m), ...updated.map(({ v }) => v)];
    },
  },
  {
    name: 'EmaUpdate',
    run({ gpu, inputs, attributes }) {
      const decay = numberOf(attributes, 'decay');
      return Array.from({ length: numberOf(attributes, 'count') }, (_, i) => {
        const e = gpu.takeOver(input(inputs, `e${i}`));
        const count = sizeOf(e.shape) / lanesOf(e);
        gpu.run(averageProgram(lanesOf(e)), [e, input(inputs, `p${i}`)], [count, { float: decay }, { float: 1 - decay }], flatWorkgroups(count));
        return e;
      });
    },
  },
];
