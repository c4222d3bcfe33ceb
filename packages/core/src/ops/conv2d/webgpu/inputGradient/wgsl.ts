/** What both programs of the input's gradient declare. */
import { lanesFor } from '../../../../wgsl/wgsl.js';
import type { Geometry } from '../geometry.js';
import { channelsCode, storeFour } from '../operands.js';

/** `fn loadB`: of a tap's matrix [C, O] four output channels of input channel n. */
export const transposedWeightsCode = ({ outputs }: Geometry): string => `
${channelsCode('weights', 'sizes.outputs', lanesFor(outputs))}
fn loadB(tap: i32, channel: i32, n: i32) -> vec4f {
  if (n >= sizes.channels) { return vec4f(); }
  return weightsAt(tap * sizes.channels + n, channel);
}`;

/** `fn store` into dx, of `sizes.height` by `sizes.width` cells. */
export const storeCode = ({ channels }: Geometry): string => `fn store(m: i32, n: i32, layer: i32, four: vec4f) {
  let row = rowOf(m, layer);
  if (row.sample < 0 || n >= sizes.channels) { return; }
  let start = ((row.sample * sizes.height + row.cell.x) * sizes.width + row.cell.y) * sizes.channels + n;
  ${storeFour('dx', 'sizes.channels', lanesFor(channels), (value) => value)}
}`;
