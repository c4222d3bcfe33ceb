/**
 * The walk of a tiled product straight from the buffers: an invocation reads its own rows of A and its own columns of B, without
 * workgroup memory and its barriers. Neighbours read the same values at the same time, which caches serve.
 */
import { multiplyAlongK, type RunProduct, unrolled } from './operands.js';
import type { Tile } from './tiles.js';

export function directWalk({ rows }: Tile, over: RunProduct): string {
  const { runs, lengthCode, columns } = over;
  const places = Array.from({ length: rows }, (_, i) => `place${i}`);
  return `
  let n = n0 + column * 4;
${unrolled(rows, (i) => `  let row${i} = rowOf(m0 + firstRow + ${i}, layer);`)}
  for (var run = 0; run < ${runs}; run++) {
    let matrix = matrixOf(run, layer);
    if (matrix < 0) { continue; }
${unrolled(rows, (i) => `    let place${i} = placeOf(row${i}, run);`)}
    // Where none of the rows has anything, as at borders, there is nothing to multiply.
    let end = select(0, ${lengthCode}, ${places.map((place) => `${place} >= 0`).join(' || ')});
    for (var at = 0; at < end; at += 4) {
${unrolled(rows, (i) => `      let a${i} = loadA(row${i}, place${i}, run, at);`)}
${unrolled(4, (j) => `      let b${j} = ${columns ? `loadB(matrix, at, n + ${j})` : `loadB(matrix, at + ${j}, n)`};
${multiplyAlongK(rows, over, j)}`)}
    }
  }`;
}
