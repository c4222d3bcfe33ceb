/**
 * Which output pixels a program goes over, and which input cell each tap of the kernel sees from them. Padding and upsampling are
 * in these indices only: no padded or enlarged image is ever written.
 *
 * - `all`: every output, by the kernel as it is;
 * - `phases`: after upsampling, one of four phases (the layer, row phase × 2 + column phase), by that phase's summed weights;
 * - `border`: the outer outputs that phases get wrong, by the kernel as it is.
 */
import { type Geometry, phaseAxis, borderWidth } from './geometry.js';

export type OutputRegion = 'all' | 'phases' | 'border';

/** The kernel's rows and columns, as the region's weights have them. */
export function regionTaps(g: Geometry, region: OutputRegion): readonly [rows: number, columns: number] {
  if (region !== 'phases') return [g.kernelHeight, g.kernelWidth];
  return [phaseAxis(g.kernelHeight, g.pad).taps, phaseAxis(g.kernelWidth, g.pad).taps];
}

/** Pixels of the region in one layer. */
export function regionPixels(g: Geometry, region: OutputRegion): number {
  switch (region) {
    case 'all':
      return g.samples * g.outHeight * g.outWidth;
    case 'phases':
      return g.samples * Math.ceil(g.outHeight / 2) * Math.ceil(g.outWidth / 2);
    case 'border':
      return g.samples * (g.outHeight * g.outWidth - (g.outHeight - 2 * borderWidth(g)) * (g.outWidth - 2 * borderWidth(g)));
    default:
      return region satisfies never;
  }
}

/**
 * WGSL: `struct Pixel { sample, i, j }`, an output; `fn pixelOf(m, phase) -> Pixel`, with a sample of -1 outside of the outputs;
 * `fn originOf(pixel, phase) -> vec2i`, where the kernel's first tap lies; `fn shown(sample, at) -> i32`, the input pixel seen there, or -1.
 */
export const regionCode = (g: Geometry, region: OutputRegion): string => `
struct Pixel { sample: i32, i: i32, j: i32 }
${pixelCode(g, region)}
${originCode(g, region)}
${shownCode(g, region)}`;

function pixelCode(g: Geometry, region: OutputRegion): string {
  const border = borderWidth(g);
  const head = (perSample: string): string => `
fn pixelOf(m: i32, phase: i32) -> Pixel {
  let each = ${perSample};
  let sample = m / each;
  var rest = m - sample * each;
  if (m < 0 || sample >= sizes.samples) { return Pixel(-1, 0, 0); }`;
  switch (region) {
    case 'all':
      return `${head('sizes.outHeight * sizes.outWidth')}
  let i = rest / sizes.outWidth;
  return Pixel(sample, i, rest - i * sizes.outWidth);
}`;
    case 'phases':
      return `${head('((sizes.outHeight + 1) / 2) * ((sizes.outWidth + 1) / 2)')}
  let across = (sizes.outWidth + 1) / 2;
  let i = 2 * (rest / across) + phase / 2;
  let j = 2 * (rest % across) + phase % 2;
  return Pixel(select(-1, sample, i < sizes.outHeight && j < sizes.outWidth), i, j);
}`;
    case 'border':
      // The rows above, the rows below, then the sides of what is between.
      return `${head(`${2 * border} * (sizes.outWidth + sizes.outHeight - ${2 * border})`)}
  let band = ${border} * sizes.outWidth;
  if (rest < 2 * band) {
    let i = rest / sizes.outWidth;
    return Pixel(sample, select(i, sizes.outHeight - ${2 * border} + i, rest >= band), rest - i * sizes.outWidth);
  }
  rest -= 2 * band;
  let j = rest % ${2 * border};
  return Pixel(sample, ${border} + rest / ${2 * border}, select(j, sizes.outWidth - ${2 * border} + j, j >= ${border}));
}`;
    default:
      return region satisfies never;
  }
}

function originCode(g: Geometry, region: OutputRegion): string {
  if (region !== 'phases') {
    return `fn originOf(pixel: Pixel, phase: i32) -> vec2i { return vec2i(pixel.i, pixel.j) * ${g.stride} - ${g.pad}; }`;
  }
  const [rows, columns] = [phaseAxis(g.kernelHeight, g.pad).start, phaseAxis(g.kernelWidth, g.pad).start];
  return `fn originOf(pixel: Pixel, phase: i32) -> vec2i {
  return vec2i(pixel.i / 2 + select(${rows[0]}, ${rows[1]}, phase / 2 == 1), pixel.j / 2 + select(${columns[0]}, ${columns[1]}, phase % 2 == 1));
}`;
}

function shownCode({ padMode, pad, upsample }: Geometry, region: OutputRegion): string {
  const up = region === 'phases' ? 1 : upsample;
  // Within the phases' reach a mirrored border shows what a repeated one does.
  const mode = region === 'phases' && padMode === 'reflect' ? 'replicate' : padMode;
  const body = {
    zero: 'let p = at; if (any(at < vec2i()) || any(at > last)) { return -1; }',
    replicate: 'let p = clamp(at, vec2i(), last);',
    reflect: 'let p = last - abs(last - abs(at));',
  }[region !== 'phases' && pad === 0 ? 'replicate' : mode];
  return `fn shown(sample: i32, at: vec2i) -> i32 {
  let last = vec2i(sizes.height, sizes.width) * ${up} - 1;
  ${body}
  return (sample * sizes.height + p.x / ${up}) * sizes.width + p.y / ${up};
}`;
}
