/** Adam and the moving average on WebGPU: one dispatch per tensor, which overwrites it, where the composed forms make a dozen and as many tensors. */
import { type Attributes, type GpuKernel, type GpuTensor, input, type Program, sizeOf } from '../../wgsl/types.js';
import { buffer, flatMain, flatWorkgroups, type Lanes, lanesFor, uniforms } from '../../wgsl/wgsl.js';

const numberOf = (attributes: Attributes, name: string): number => attributes[name] as number;
const lanesOf = ({ shape }: GpuTensor): Lanes => lanesFor(sizeOf(shape));

/** What stays the same over a run. 1 − β is taken here: in float32 it would lose digits. */
function constantsOf(attributes: Attributes): readonly { readonly float: number }[] {
  const of = (name: string): number => numberOf(attributes, name);
  const [beta1, beta2] = [of('beta1'), of('beta2')];
  return [beta1, 1 - beta1, beta2, 1 - beta2, of('epsilon'), of('weightDecay')].map((float) => ({ float }));
}

const adamProgram = (lanes: Lanes): Program => ({
  key: `adam ${lanes}`,
  code: () => `
${buffer(0, 'p', lanes, 'read_write')}
${buffer(1, 'm', lanes, 'read_write')}
${buffer(2, 'v', lanes, 'read_write')}
${buffer(3, 'g', lanes)}
${buffer(4, 'factors', 1)}
${uniforms(5, ['count', ...['beta1', 'rest1', 'beta2', 'rest2', 'epsilon', 'decay'].map((name) => `${name}: f32`)])}
${flatMain(
  'sizes.count',
  `let rate = factors[0];
  let correction = factors[1];
  let slope = g[index] + sizes.decay * p[index];
  let first = sizes.beta1 * m[index] + sizes.rest1 * slope;
  let second = sizes.beta2 * v[index] + sizes.rest2 * slope * slope;
  p[index] -= rate * first / (sqrt(second) * correction + sizes.epsilon);
  m[index] = first;
  v[index] = second;`,
)}`,
});

const averageProgram = (lanes: Lanes): Program => ({
  key: `moving average ${lanes}`,
  code: () => `
${buffer(0, 'e', lanes, 'read_write')}
${buffer(1, 'p', lanes)}
${buffer(2, 'factors', 1)}
${uniforms(3, ['count'])}
${flatMain('sizes.count', 'e[index] = factors[0] * e[index] + factors[1] * p[index];')}`,
});

/** Numbers that change from one update to the next come in a tensor, which captured work reads at each run; uniforms it repeats. */
export const adamKernels: readonly GpuKernel[] = [
  {
    name: 'AdamUpdateScheduled',
    run({ gpu, inputs, attributes }) {
      const [factors, constants] = [input(inputs, 'factors'), constantsOf(attributes)];
      const updated = Array.from({ length: numberOf(attributes, 'count') }, (_, i) => {
        const [p, m, v] = (['p', 'm', 'v'] as const).map((name) => gpu.takeOver(input(inputs, `${name}${i}`))) as [GpuTensor, GpuTensor, GpuTensor];
        const count = sizeOf(p.shape) / lanesOf(p);
        gpu.run(adamProgram(lanesOf(p)), [p, m, v, input(inputs, `g${i}`), factors], [count, ...constants], flatWorkgroups(count));
        return { p, m, v };
      });
      return [...updated.map(({ p }) => p), ...updated.map(({ m }) => m), ...updated.map(({ v }) => v)];
    },
  },
  {
    name: 'EmaUpdateScheduled',
    run({ gpu, inputs, attributes }) {
      return Array.from({ length: numberOf(attributes, 'count') }, (_, i) => {
        const e = gpu.takeOver(input(inputs, `e${i}`));
        const count = sizeOf(e.shape) / lanesOf(e);
        gpu.run(averageProgram(lanesOf(e)), [e, input(inputs, `p${i}`), input(inputs, 'factors')], [count], flatWorkgroups(count));
        return e;
      });
    },
  },
];
