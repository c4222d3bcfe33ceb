/** `AdamUpdate` and `EmaUpdate` on WebGPU: one dispatch per tensor, which overwrites it, where the composed forms make a dozen and as many tensors. */
import { type Attributes, type GpuKernel, type GpuTensor, input, type KernelCall, type Program, sizeOf } from '../../wgsl/types.js';
import { buffer, flatMain, flatWorkgroups, type Lanes, lanesFor, uniforms } from '../../wgsl/wgsl.js';

const numberOf = (attributes: Attributes, name: string): number => attributes[name] as number;
const lanesOf = ({ shape }: GpuTensor): Lanes => lanesFor(sizeOf(shape));

/** What stays the same over a run. 1 − β is taken here: in float32 it would lose digits. */
function constantsOf(attributes: Attributes): readonly { readonly float: number }[] {
  const of = (name: string): number => numberOf(attributes, name);
  const [beta1, beta2] = [of('beta1'), of('beta2')];
  return [beta1, 1 - beta1, beta2, 1 - beta2, of('epsilon'), of('weightDecay')].map((float) => ({ float }));
}

/** Numbers of this update alone: among the uniforms, which captured work repeats, or in a tensor, which it reads at each run. */
interface Changing {
  readonly names: readonly [string, string];
  readonly values: readonly [number, number] | GpuTensor;
}

/** Their tensor and their place in programs; `binding` is free. */
function changing(binding: number, { names, values }: Changing) {
  const scheduled = 'dataId' in values;
  return {
    key: scheduled ? ' scheduled' : '',
    tensors: scheduled ? [values] : [],
    uniforms: scheduled ? [] : values.map((float) => ({ float })),
    declared: scheduled ? buffer(binding, 'factors', 1) : '',
    members: scheduled ? [] : names.map((name) => `${name}: f32`),
    read: names.map((name, i) => `let ${name} = ${scheduled ? `factors[${i}]` : `sizes.${name}`};`).join('\n  '),
    next: scheduled ? binding + 1 : binding,
  };
}

const adamProgram = (lanes: Lanes, { key, declared, members, read, next }: ReturnType<typeof changing>): Program => ({
  key: `adam ${lanes}${key}`,
  code: () => `
${buffer(0, 'p', lanes, 'read_write')}
${buffer(1, 'm', lanes, 'read_write')}
${buffer(2, 'v', lanes, 'read_write')}
${buffer(3, 'g', lanes)}
${declared}
${uniforms(next, ['count', ...['beta1', 'rest1', 'beta2', 'rest2', 'epsilon', 'decay'].map((name) => `${name}: f32`), ...members])}
${flatMain(
  'sizes.count',
  `${read}
  let slope = g[index] + sizes.decay * p[index];
  let first = sizes.beta1 * m[index] + sizes.rest1 * slope;
  let second = sizes.beta2 * v[index] + sizes.rest2 * slope * slope;
  p[index] -= rate * first / (sqrt(second) * correction + sizes.epsilon);
  m[index] = first;
  v[index] = second;`,
)}`,
});

const averageProgram = (lanes: Lanes, { key, declared, members, read, next }: ReturnType<typeof changing>): Program => ({
  key: `moving average ${lanes}${key}`,
  code: () => `
${buffer(0, 'e', lanes, 'read_write')}
${buffer(1, 'p', lanes)}
${declared}
${uniforms(next, ['count', ...members])}
${flatMain('sizes.count', `${read}\n  e[index] = decay * e[index] + rest * p[index];`)}`,
});

function adamUpdate({ gpu, inputs, attributes }: KernelCall, values: Changing['values']): GpuTensor[] {
  const factors = changing(4, { names: ['rate', 'correction'], values });
  const updated = Array.from({ length: numberOf(attributes, 'count') }, (_, i) => {
    const [p, m, v] = (['p', 'm', 'v'] as const).map((name) => gpu.takeOver(input(inputs, `${name}${i}`))) as [GpuTensor, GpuTensor, GpuTensor];
    const count = sizeOf(p.shape) / lanesOf(p);
    gpu.run(adamProgram(lanesOf(p), factors), [p, m, v, input(inputs, `g${i}`), ...factors.tensors], [count, ...constantsOf(attributes), ...factors.uniforms], flatWorkgroups(count));
    return { p, m, v };
  });
  return [...updated.map(({ p }) => p), ...updated.map(({ m }) => m), ...updated.map(({ v }) => v)];
}

function emaUpdate({ gpu, inputs, attributes }: KernelCall, values: Changing['values']): GpuTensor[] {
  const factors = changing(2, { names: ['decay', 'rest'], values });
  return Array.from({ length: numberOf(attributes, 'count') }, (_, i) => {
    const e = gpu.takeOver(input(inputs, `e${i}`));
    const count = sizeOf(e.shape) / lanesOf(e);
    gpu.run(averageProgram(lanesOf(e), factors), [e, input(inputs, `p${i}`), ...factors.tensors], [count, ...factors.uniforms], flatWorkgroups(count));
    return e;
  });
}

export const adamKernels: readonly GpuKernel[] = [
  {
    name: 'AdamUpdate',
    run(call) {
      const of = (name: string): number => numberOf(call.attributes, name);
      return adamUpdate(call, [of('learningRate') / of('biasCorrection1'), 1 / Math.sqrt(of('biasCorrection2'))]);
    },
  },
  { name: 'AdamUpdateScheduled', run: (call) => adamUpdate(call, input(call.inputs, 'factors')) },
  {
    name: 'EmaUpdate',
    run(call) {
      const decay = numberOf(call.attributes, 'decay');
      return emaUpdate(call, [decay, 1 - decay]);
    },
  },
  { name: 'EmaUpdateScheduled', run: (call) => emaUpdate(call, input(call.inputs, 'factors')) },
];
