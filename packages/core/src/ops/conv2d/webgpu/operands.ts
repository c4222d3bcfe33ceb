/** How the products of a convolution read its tensors: four neighbouring channels at a time. */
import type { TensorStorage } from '../../../wgsl/types.js';
import { type Lanes, load, store } from '../../../wgsl/wgsl.js';

/** The values that a tap's channels take along a product's axis: whole vectors, so that none straddles two taps. */
export const runOf = (channels: number): number => Math.ceil(channels / 4) * 4;
/** Likewise of a WGSL expression. */
export const runCode = (channels: string): string => `((${channels} + 3) / 4 * 4)`;

/**
 * `fn <name>At(row, channel) -> vec4f`: four neighbours of a row of `channels` values (a WGSL expression), `channel` a multiple of 4;
 * zero beyond the row's end.
 */
export function channelsCode(name: string, channels: string, lanes: Lanes, storage: TensorStorage = 'float32'): string {
  const value = (e: number): string => `select(0.0, ${name}[start + ${e}], channel + ${e} < ${channels})`;
  return `fn ${name}At(row: i32, channel: i32) -> vec4f {
  let start = row * ${channels} + channel;
  return ${lanes === 4 ? load(name, 'start / 4', storage) : `vec4f(${[0, 1, 2, 3].map(value).join(', ')})`};
}`;
}

/** Writes the values of `four` that are columns n, … of a row of `columns` values, which begins at `start - n`, as `value` makes them. */
export const storeFour = (name: string, columns: string, lanes: Lanes, value: (four: string, index: string) => string, storage: TensorStorage = 'float32'): string =>
  lanes === 4
    ? store(name, 'start / 4', value('four', 'n / 4'), storage)
    : `for (var e = 0; e < 4; e++) { if (n + e < ${columns}) { ${name}[start + e] = ${value('four[e]', 'n + e')}; } }`;
