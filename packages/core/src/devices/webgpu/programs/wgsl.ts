/** Pieces of WGSL that several programs share. Values are scalars or vectors of four neighbouring channels. */
import type { FusedActivation } from '../../../ops/activation/index.js';
import type { Uniform } from './types.js';

/** How many channels a value holds: four where that divides their number, so that memory is read 16 bytes at a time. */
export type Lanes = 1 | 4;
export const lanesFor = (channels: number): Lanes => (channels % 4 === 0 ? 4 : 1);
export const typeOf = (lanes: Lanes): 'f32' | 'vec4f' => (lanes === 4 ? 'vec4f' : 'f32');

/** A tensor's binding. */
export const buffer = (binding: number, name: string, lanes: Lanes, access: 'read' | 'read_write' = 'read'): string =>
  `@group(0) @binding(${binding}) var<storage, ${access}> ${name}: array<${typeOf(lanes)}>;`;

/** The uniforms' binding: a struct of scalars, each `name` or `name: type`. */
export const uniforms = (binding: number, members: readonly string[]): string =>
  `struct Sizes { ${members.map((member) => (member.includes(':') ? member : `${member}: i32`)).join(', ')} }
@group(0) @binding(${binding}) var<uniform> sizes: Sizes;`;

/** What a program with an activation is made for: tanh, or one of those that differ in their slope below 0, a uniform. */
export type ActivationKind = 'tanh' | 'slope';
export const activationKind = (activation: FusedActivation): ActivationKind => (activation === 'tanh' ? 'tanh' : 'slope');

/** `sizes.slope`, a member of the program's uniforms. @param leaky the slope of the leaky ReLU */
export const slopeMember = 'slope: f32';
export const slopeOf = (activation: FusedActivation, leaky: number): Uniform => ({ float: { none: 1, relu: 0, lrelu: leaky, tanh: 1 }[activation] });

/** `fn activate(x)`. NaN stays NaN: WGSL's `max` may drop it, and its `tanh` overflows on some GPUs. −∞ times 0 is none of it. */
export function activationCode(kind: ActivationKind, lanes: Lanes): string {
  const type = typeOf(lanes);
  if (kind === 'slope') return `fn activate(x: ${type}) -> ${type} { return select(x, select(x * sizes.slope, ${type}(), sizes.slope == 0.0), x < ${type}()); }`;
  const [bools, bits, word] = lanes === 4 ? ['vec4<bool>', 'vec4u', (hex: string) => `vec4u(${hex})`] : ['bool', 'u32', (hex: string) => hex];
  return `fn isNan(x: ${type}) -> ${bools} { return (bitcast<${bits}>(x) & ${word('0x7fffffffu')}) > ${word('0x7f800000u')}; }
fn activate(x: ${type}) -> ${type} { return select(tanh(clamp(x, ${type}(-20.0), ${type}(20.0))), x, isNan(x)); }`;
}

/** `fn passBack(dy, y)`: dy times the derivative of the activation whose output is y; at a kink the left one, as PyTorch's. */
export function derivativeCode(kind: ActivationKind, lanes: Lanes): string {
  const type = typeOf(lanes);
  const body = { slope: `dy * select(${type}(1.0), ${type}(sizes.slope), y <= ${type}())`, tanh: `dy * (${type}(1.0) - y * y)` }[kind];
  return `fn passBack(dy: ${type}, y: ${type}) -> ${type} { return ${body}; }`;
}

/** The workgroups of a program that computes one value per invocation, along as many axes as their number needs. */
export function flatWorkgroups(values: number): readonly [number, number, number] {
  const groups = Math.ceil(values / flatSize);
  const x = Math.min(groups, widest);
  return [x, Math.ceil(groups / x), 1];
}

const flatSize = 64;
/** The least that every adapter allows along an axis. */
const widest = 65535;

/** The entry point of such a program: `body` sees `index`, below `count` (WGSL expressions of i32). */
export const flatMain = (count: string, body: string): string => `
@compute @workgroup_size(${flatSize})
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = i32(id.y * ${widest * flatSize}u + id.x);
  if (index >= ${count}) { return; }
  ${body}
}`;
