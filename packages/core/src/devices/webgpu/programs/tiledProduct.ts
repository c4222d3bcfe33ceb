/**
 * A matrix product C[m, n] = Σₖ A(m, k) · B(k, n) whose matrices are never written out: A and B are functions that read where the
 * values lie (an "implicit GEMM"). What a convolution and both its gradients are made of.
 *
 * Blocking. A workgroup computes one tile of `m` × `n` results, walking along k in steps of `k`:
 *
 *     for each step:  its invocations together copy an m × k tile of A and a k × n tile of B into workgroup memory, four values at a time;
 *                     each invocation multiplies `rows` rows by 4 columns of them, held in `rows` vec4 registers.
 *
 * So a value of A is read from memory once per n results and one of B once per m; from workgroup memory, one vec4 of A serves
 * 4 vec4 products and one of B serves `rows`. The products are written out, for registers have no indices; what reads and stores stands in
 * loops of fixed length, which compilers for GPUs unroll and slow ones (a software adapter's) translate once.
 */

export interface Tile {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** Results of one invocation: this many rows of four. */
  readonly rows: number;
}

/**
 * For many columns, for ever fewer, and for so few results that large tiles would leave most of the GPU idle. Short steps along k:
 * workgroup memory is cleared before use, and software adapters translate that value by value.
 */
const tiles = {
  wide: { m: 64, n: 64, k: 8, rows: 8 },
  half: { m: 64, n: 32, k: 8, rows: 4 },
  quarter: { m: 128, n: 16, k: 8, rows: 4 },
  eight: { m: 128, n: 8, k: 8, rows: 4 },
  four: { m: 128, n: 4, k: 8, rows: 2 },
  few: { m: 32, n: 32, k: 8, rows: 4 },
  tiny: { m: 32, n: 8, k: 8, rows: 1 },
} as const satisfies Record<string, Tile>;

/** Fewer workgroups than this leave a large GPU partly idle. */
const enoughWorkgroups = 128;

/** The tile for a product of `m` rows and `n` columns that is computed `count` times side by side. */
export function chooseTile(m: number, n: number, count: number): Tile {
  if (m <= 4 * tiles.tiny.m && n <= 16) return tiles.tiny;
  if (n <= 4) return tiles.four;
  if (n <= 8) return tiles.eight;
  if (n <= 16) return tiles.quarter;
  const large = n <= 32 ? tiles.half : tiles.wide;
  const groups = Math.ceil(m / large.m) * Math.ceil(n / large.n) * count;
  return groups >= enoughWorkgroups ? large : tiles.few;
}

/** Names a tile in a program's key. */
export const tileKey = ({ m, n, k, rows }: Tile): string => `${m}x${n}x${k}/${rows}`;

export interface TiledProduct {
  readonly tile: Tile;
  /** Whether a vec4 of A is four values along k (of one row) or four rows (at one k). One of B is always four columns. */
  readonly along: 'k' | 'm';
  /**
   * WGSL, which must declare:
   * `struct Row`, `fn rowOf(m: i32, layer: i32) -> Row`: what is known of a row (or of four) for the whole walk along k;
   * `fn loadA(row: Row, k: i32) -> vec4f` and `fn loadB(k: i32, n: i32, layer: i32) -> vec4f`: zero outside of the matrices;
   * `fn firstK(layer: i32) -> i32` and `fn endK(layer: i32) -> i32`: the part of k that this workgroup walks;
   * `fn store(m: i32, n: i32, layer: i32, value: vec4f)`: takes the results at m, n … n + 3, which may lie outside.
   * `layer` is the workgroup's place along z.
   */
  readonly declarations: string;
}

const unrolled = (count: number, line: (i: number) => string): string => Array.from({ length: count }, (_, i) => line(i)).join('\n');

export function tiledProductCode({ tile, along, declarations }: TiledProduct): string {
  const { m, n, k, rows } = tile;
  const [columns, threads] = [n / 4, (n / 4) * (m / rows)];
  const [vectorsOfA, vectorsOfB] = [(m * k) / 4, k * columns];
  // How many vec4s of A each invocation copies per step; which row one belongs to stays the same along k.
  const slots = Math.ceil(vectorsOfA / threads);
  const [rowOfSlot, kOfSlot] = along === 'k' ? [`slot / ${k / 4}`, `(slot % ${k / 4}) * 4`] : [`(slot % ${m / 4}) * 4`, `slot / ${m / 4}`];
  const guard = (vectors: number): string => (vectors % threads === 0 ? '' : `if (slot < ${vectors})`);
  return `
${declarations}
var<workgroup> tileA: array<vec4f, ${vectorsOfA}>; // ${along === 'k' ? '[m][k / 4]' : '[k][m / 4]'}
var<workgroup> tileB: array<vec4f, ${vectorsOfB}>; // [k][n / 4]

@compute @workgroup_size(${columns}, ${m / rows})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u, @builtin(local_invocation_index) lane: u32) {
  let layer = i32(group.z);
  let m0 = i32(group.x) * ${m};
  let n0 = i32(group.y) * ${n};
  let thread = i32(lane);
  let column = i32(local.x);
  let row0 = i32(local.y) * ${rows};
  let end = endK(layer);
  var rowsA: array<Row, ${slots}>;
  for (var i = 0; i < ${slots}; i++) {
    let slot = thread + i * ${threads};
    rowsA[i] = rowOf(m0 + ${rowOfSlot}, layer);
  }
${unrolled(rows, (i) => `  var sum${i} = vec4f();`)}
  for (var k0 = firstK(layer); k0 < end; k0 += ${k}) {
    for (var i = 0; i < ${slots}; i++) {
      let slot = thread + i * ${threads};
      ${guard(vectorsOfA)} { tileA[slot] = loadA(rowsA[i], k0 + ${kOfSlot}); }
    }
    for (var i = 0; i < ${Math.ceil(vectorsOfB / threads)}; i++) {
      let slot = thread + i * ${threads};
      ${guard(vectorsOfB)} { tileB[slot] = loadB(k0 + slot / ${columns}, n0 + (slot % ${columns}) * 4, layer); }
    }
    workgroupBarrier();
${along === 'k' ? multiplyAlongK(tile) : multiplyAlongM(tile)}
    workgroupBarrier();
  }
  var sums = array<vec4f, ${rows}>(${Array.from({ length: rows }, (_, i) => `sum${i}`).join(', ')});
  for (var i = 0; i < ${rows}; i++) { store(m0 + row0 + i, n0 + column * 4, layer, sums[i]); }
}`;
}

function multiplyAlongK({ n, k, rows }: Tile): string {
  const component = ['x', 'y', 'z', 'w'];
  return `    for (var q = 0; q < ${k / 4}; q++) {
${unrolled(rows, (i) => `      let a${i} = tileA[(row0 + ${i}) * ${k / 4} + q];`)}
${unrolled(
  4,
  (j) => `      let b${j} = tileB[(q * 4 + ${j}) * ${n / 4} + column];
${unrolled(rows, (i) => `      sum${i} += a${i}.${component[j]} * b${j};`)}`,
)}
    }`;
}

function multiplyAlongM({ m, n, k, rows }: Tile): string {
  const component = ['x', 'y', 'z', 'w'];
  // Fewer than four rows are part of a vec4; which part depends on the invocation.
  const value = (i: number): string => (rows >= 4 ? `a${Math.floor(i / 4)}.${component[i % 4]}` : `a0[part + ${i}]`);
  return `    ${rows >= 4 ? '' : 'let part = row0 % 4;'}
    for (var q = 0; q < ${k}; q++) {
      let b = tileB[q * ${n / 4} + column];
${unrolled(Math.ceil(rows / 4), (i) => `      let a${i} = tileA[q * ${m / 4} + row0 / 4 + ${i}];`)}
${unrolled(rows, (i) => `      sum${i} += ${value(i)} * b;`)}
    }`;
}
