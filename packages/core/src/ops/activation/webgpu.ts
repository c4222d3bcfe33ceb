/** The activations in WGSL: as part of other ops' programs, and their gradient where it is not fused into what comes next. */
import { type Gpu, type GpuTensor, sizeOf, type Uniform } from '../../wgsl/types.js';
import { buffer, flatMain, flatWorkgroups, type Lanes, lanesFor, typeOf, uniforms } from '../../wgsl/wgsl.js';
import type { FusedActivation } from './activation.js';

/** What a program with an activation is made for: tanh, or one of those that differ in their slope below 0, a uniform. */
export type ActivationKind = 'tanh' | 'slope';
export const activationKind = (activation: FusedActivation): ActivationKind => (activation === 'tanh' ? 'tanh' : 'slope');

/** `sizes.slope`, a member of the program's uniforms. @param leaky the slope of the leaky ReLU */
export const slopeMember = 'slope: f32';
export const slopeOf = (activation: FusedActivation, leaky: number): Uniform => ({ float: { none: 1, relu: 0, lrelu: leaky, tanh: 1 }[activation] });

/** `fn activate(x)`. NaN stays NaN: WGSL's `max` may drop it, and its `tanh` overflows on some GPUs. −∞ times 0 must not become NaN. */
export function activationCode(kind: ActivationKind, lanes: Lanes): string {
  const type = typeOf(lanes);
  if (kind === 'slope') return `fn activate(x: ${type}) -> ${type} { return select(x, select(x * sizes.slope, ${type}(), sizes.slope == 0.0), x < ${type}()); }`;
  const [bools, bits, word] = lanes === 4 ? ['vec4<bool>', 'vec4u', (hex: string) => `vec4u(${hex})`] : ['bool', 'u32', (hex: string) => hex];
  return `fn isNan(x: ${type}) -> ${bools} { return (bitcast<${bits}>(x) & ${word('0x7fffffffu')}) > ${word('0x7f800000u')}; }
fn activate(x: ${type}) -> ${type} { return select(tanh(clamp(x, ${type}(-20.0), ${type}(20.0))), x, isNan(x)); }`;
}

/** `fn activationGradient(dy, y)`: dy times the derivative of the activation whose output is y; at a kink the left one, as PyTorch's. */
export function derivativeCode(kind: ActivationKind, lanes: Lanes): string {
  const type = typeOf(lanes);
  const body = { slope: `dy * select(${type}(1.0), ${type}(sizes.slope), y <= ${type}())`, tanh: `dy * (${type}(1.0) - y * y)` }[kind];
  return `fn activationGradient(dy: ${type}, y: ${type}) -> ${type} { return ${body}; }`;
}

/** dy times the derivative of an activation, from the activation's output. */
export function activationGradient(gpu: Gpu, activation: FusedActivation, slope: number, dy: GpuTensor, y: GpuTensor): GpuTensor {
  const dz = gpu.allocate(dy.shape);
  const lanes = lanesFor(sizeOf(dy.shape));
  const count = sizeOf(dy.shape) / lanes;
  const code = (): string => `
${buffer(0, 'dy', lanes)}
${buffer(1, 'y', lanes)}
${buffer(2, 'dz', lanes, 'read_write')}
${uniforms(3, ['count', slopeMember])}
${derivativeCode(activationKind(activation), lanes)}
${flatMain('sizes.count', 'dz[index] = activationGradient(dy[index], y[index]);')}`;
  gpu.run({ key: `activation gradient ${activationKind(activation)} ${lanes}`, code }, [dy, y, dz], [count, slopeOf(activation, slope)], flatWorkgroups(count));
  return dz;
}
