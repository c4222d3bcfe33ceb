/** Pieces of WGSL that several programs share. Values are scalars or vectors of four neighbouring channels. */

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
