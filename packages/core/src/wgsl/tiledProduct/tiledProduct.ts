/**
 * A matrix product C[m, n] = Σₖ A(m, k) · B(k, n) whose matrices are never written out: A and B are functions that read where the
 * values lie (an "implicit GEMM"). What a convolution and both its gradients are made of.
 *
 * Blocking. A workgroup computes one tile of `m` × `n` results, each invocation `rows` rows by 4 columns of them, held in `rows` vec4
 * registers. A large product is computed from workgroup memory (`staged.ts`), a small or narrow one straight from the buffers
 * (`direct.ts`). The products are written out, for registers have no indices; what reads and stores stands in loops of fixed length,
 * which compilers for GPUs unroll and slow ones (a software adapter's) translate once.
 */
import { directWalk } from './direct.js';
import { type PartProduct, type RunProduct, unrolled } from './operands.js';
import { stagedMemory, stagedWalk } from './staged.js';
import type { Tile } from './tiles.js';

export type { PartProduct, RunProduct } from './operands.js';

export interface TiledProduct {
  readonly tile: Tile;
  readonly over: RunProduct | PartProduct;
  /**
   * WGSL, which must declare what `over` asks for, and
   * `struct Row`, `fn rowOf(m: i32, layer: i32) -> Row`: what is known of a row (or of four) for the whole walk along k;
   * `fn store(m: i32, n: i32, layer: i32, value: vec4f)`: takes the results at m, n … n + 3, which may lie outside.
   * `layer` is the workgroup's place along z.
   */
  readonly declarations: string;
}

export function tiledProductCode({ tile, over, declarations }: TiledProduct): string {
  const { m, n, rows, walk } = tile;
  const runs = walk === 'direct' && over.kind === 'runs' ? over : undefined;
  return `
${declarations}
${runs === undefined ? stagedMemory(tile, over) : ''}

@compute @workgroup_size(${n / 4}, ${m / rows})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let layer = i32(group.z);
  let m0 = i32(group.x) * ${m};
  let n0 = i32(group.y) * ${n};
  let column = i32(local.x);
  let firstRow = i32(local.y) * ${rows};
${unrolled(rows, (i) => `  var sum${i} = vec4f();`)}
${runs === undefined ? stagedWalk(tile, over) : directWalk(tile, runs)}
  var sums = array<vec4f, ${rows}>(${Array.from({ length: rows }, (_, i) => `sum${i}`).join(', ')});
  for (var i = 0; i < ${rows}; i++) { store(m0 + firstRow + i, n0 + column * 4, layer, sums[i]); }
}`;
}
