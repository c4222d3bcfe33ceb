/**
 * The walk of a tiled product through workgroup memory, in steps along k:
 *
 *     for each step:  its invocations together copy an m × step tile of A and a step × n tile of B into workgroup memory, four values at a
 *                     time; each invocation multiplies `rows` rows by 4 columns of them.
 *
 * So a value of A is read from memory once per n results and one of B once per m; from workgroup memory, one vec4 of A serves
 * 4 vec4 products and one of B serves `rows`.
 */
import { component, multiplyAlongK, type PartProduct, type RunProduct, unrolled } from './operands.js';
import { stepOfK, type Tile } from './tiles.js';

const quarters = stepOfK / 4;

const alongK = (over: RunProduct | PartProduct): over is RunProduct => over.kind === 'runs';

export const stagedMemory = ({ m, n }: Tile, over: RunProduct | PartProduct): string => `
var<workgroup> tileA: array<vec4f, ${m * quarters}>; // ${alongK(over) ? '[m][k / 4]' : '[k][m / 4]'}
var<workgroup> tileB: array<vec4f, ${n * quarters}>; // ${alongK(over) && over.columns ? '[k / 4][n % 4][n / 4]' : '[k][n / 4]'}`;

export function stagedWalk(tile: Tile, over: RunProduct | PartProduct): string {
  const { m, n, rows } = tile;
  const threads = (n / 4) * (m / rows);
  const vectors = { a: m * quarters, b: n * quarters };
  const copy = (count: number, line: string): string => `
      for (var i = 0; i < ${Math.ceil(count / threads)}; i++) {
        let slot = thread + i * ${threads};
        ${count % threads === 0 ? '' : `if (slot < ${count})`} { ${line} }
      }`;
  const step = (copyA: string, copyB: string, multiply: string): string => `
${copy(vectors.a, copyA)}
${copy(vectors.b, copyB)}
      workgroupBarrier();
${multiply}
      workgroupBarrier();`;
  // Which row of A each invocation copies stays the same along k.
  const slots = Math.ceil(vectors.a / threads);
  const start = `
  let thread = i32(local.y) * ${n / 4} + column;
  var rowsA: array<Row, ${slots}>;
  for (var i = 0; i < ${slots}; i++) {
    let slot = thread + i * ${threads};
    rowsA[i] = rowOf(m0 + ${alongK(over) ? `slot / ${quarters}` : `(slot % ${m / 4}) * 4`}, layer);
  }`;
  if (!alongK(over)) {
    return `${start}
  let end = endK(layer);
  for (var k0 = firstK(layer); k0 < end; k0 += ${stepOfK}) {
${step(`tileA[slot] = loadA(rowsA[i], k0 + slot / ${m / 4});`, `tileB[slot] = loadB(k0 + slot / ${n / 4}, n0 + (slot % ${n / 4}) * 4, layer);`, multiplyParts(tile))}
  }`;
  }
  // Vectors along k lie so that neighbouring invocations, which multiply every fourth column, read neighbouring memory.
  const copyB = over.columns
    ? `let n = slot / ${quarters}; let q = slot % ${quarters}; tileB[(q * 4 + n % 4) * ${n / 4} + n / 4] = loadB(matrix, at + q * 4, n0 + n);`
    : `tileB[slot] = loadB(matrix, at + slot / ${n / 4}, n0 + (slot % ${n / 4}) * 4);`;
  return `${start}
  var places: array<i32, ${slots}>;
  for (var run = 0; run < ${over.runs}; run++) {
    let matrix = matrixOf(run, layer);
    if (matrix < 0) { continue; }
    for (var i = 0; i < ${slots}; i++) { places[i] = placeOf(rowsA[i], run); }
    for (var at = 0; at < ${over.lengthCode}; at += ${stepOfK}) {
${step(`tileA[slot] = loadA(rowsA[i], places[i], run, at + (slot % ${quarters}) * 4);`, copyB, multiplyRuns(tile, over))}
    }
  }`;
}

const multiplyRuns = ({ n, rows }: Tile, over: RunProduct): string => `      for (var q = 0; q < ${quarters}; q++) {
${unrolled(rows, (i) => `        let a${i} = tileA[(firstRow + ${i}) * ${quarters} + q];`)}
${unrolled(4, (j) => `        let b${j} = tileB[(q * 4 + ${j}) * ${n / 4} + column];
${multiplyAlongK(rows, over, j)}`)}
      }`;

function multiplyParts({ m, n, rows }: Tile): string {
  // Fewer than four rows are part of a vec4; which part depends on the invocation.
  const value = (i: number): string => (rows >= 4 ? `a${Math.floor(i / 4)}.${component(i)}` : `a0[part + ${i}]`);
  return `    ${rows >= 4 ? '' : 'let part = firstRow % 4;'}
      for (var q = 0; q < ${stepOfK}; q++) {
        let b = tileB[q * ${n / 4} + column];
${unrolled(Math.ceil(rows / 4), (i) => `        let a${i} = tileA[q * ${m / 4} + firstRow / 4 + ${i}];`)}
${unrolled(rows, (i) => `        sum${i} += ${value(i)} * b;`)}
      }`;
}
