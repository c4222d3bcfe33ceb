/** How the products of a convolution read its tensors: four neighbouring channels at a time. */

/** The values that a tap's channels take along k: whole vectors, so that none straddles two taps. */
export const runOf = (channels: number): number => Math.ceil(channels / 4) * 4;

/** `fn <name>At(pixel, channel) -> vec4f`: four neighbours of a row of `channels` values, `channel` a multiple of 4; zero beyond the row's end. */
export function channelsCode(name: string, channels: number): string {
  const value = (e: number): string => (e < channels ? `select(0.0, ${name}[start + ${e}], channel + ${e} < ${channels})` : '0.0');
  return `fn ${name}At(pixel: i32, channel: i32) -> vec4f {
  let start = pixel * ${channels} + channel;
  return ${channels % 4 === 0 ? `${name}[start / 4]` : `vec4f(${[0, 1, 2, 3].map(value).join(', ')})`};
}`;
}
