/** Pieces of WGSL that several programs share. Values are scalars or vectors of four neighbouring channels. */
import type { TensorStorage } from './types.js';

/** How many channels a value holds: four where that divides their number, so that memory is read 16 bytes at a time. */
export type Lanes = 1 | 4;
export const lanesFor = (channels: number): Lanes => (channels % 4 === 0 ? 4 : 1);
export const typeOf = (lanes: Lanes): 'f32' | 'vec4f' => (lanes === 4 ? 'vec4f' : 'f32');

/** A tensor's binding. Halves are read and written as four neighbours. */
export const buffer = (binding: number, name: string, lanes: Lanes, access: 'read' | 'read_write' = 'read', storage: TensorStorage = 'float32'): string =>
  `@group(0) @binding(${binding}) var<storage, ${access}> ${name}: array<${storage === 'float16' ? 'vec2u' : typeOf(lanes)}>;`;

/** WGSL: the values at `index` of a buffer that is stored so. */
export const load = (name: string, index: string, storage: TensorStorage): string => (storage === 'float16' ? `widened(${name}[${index}])` : `${name}[${index}]`);

/** WGSL: writes them there. */
export const store = (name: string, index: string, value: string, storage: TensorStorage): string =>
  `${name}[${index}] = ${storage === 'float16' ? `narrowed(${value})` : value};`;

/**
 * WGSL: the functions that `load` and `store` need. Every adapter packs halves, whether or not it has `shader-f16`. Beyond the largest half
 * packing may do anything, so values are clamped to it; NaN stays.
 */
export const conversions = (...storages: readonly TensorStorage[]): string =>
  storages.includes('float16')
    ? `
fn widened(two: vec2u) -> vec4f { return vec4f(unpack2x16float(two.x), unpack2x16float(two.y)); }
fn narrowed(four: vec4f) -> vec2u {
  let isNan = (bitcast<vec4u>(four) & vec4u(0x7fffffffu)) > vec4u(0x7f800000u);
  let kept = select(clamp(four, vec4f(-65504.0), vec4f(65504.0)), four, isNan);
  return vec2u(pack2x16float(kept.xy), pack2x16float(kept.zw));
}`
    : '';

/** The uniforms' binding: a struct of scalars, each `name` or `name: type`. */
export const uniforms = (binding: number, members: readonly string[]): string =>
  `struct Sizes { ${members.map((member) => (member.includes(':') ? member : `${member}: i32`)).join(', ')} }
@group(0) @binding(${binding}) var<uniform> sizes: Sizes;`;

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
