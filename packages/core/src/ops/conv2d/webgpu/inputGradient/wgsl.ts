/** What both programs of the input's gradient declare. */
import type { Geometry } from '../geometry.js';
import { channelsCode } from '../reads.js';

/** `fn loadB`: of a tap's matrix [C, O] four output channels of input channel n. */
export const transposedWeightsCode = ({ channels, outputs }: Geometry): string => `
${channelsCode('weights', outputs)}
fn loadB(tap: i32, channel: i32, n: i32) -> vec4f {
  if (n >= ${channels}) { return vec4f(); }
  return weightsAt(tap * ${channels} + n, channel);
}`;

/** `fn store` into dx, of `sizes.height` by `sizes.width` cells. */
export function storeCode(channels: number): string {
  const head = `fn store(m: i32, n: i32, layer: i32, value: vec4f) {
  let row = rowOf(m, layer);
  if (row.sample < 0 || n >= ${channels}) { return; }
  let start = ((row.sample * sizes.height + row.cell.x) * sizes.width + row.cell.y) * ${channels} + n;`;
  if (channels % 4 === 0) return `${head}\n  dx[start / 4] = value;\n}`;
  return `${head}
  for (var e = 0; e < 4; e++) { if (n + e < ${channels}) { dx[start + e] = value[e]; } }
}`;
}
