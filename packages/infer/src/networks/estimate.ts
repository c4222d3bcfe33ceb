/** What an image costs, before the work. */
import { type DeviceReport, OutOfMemoryError } from '@munit/core';
import type { Size } from '@munit/images';
import { type LayerNode, trace, type TracedStep, valuesOf } from '@munit/layers';
import { paddedSize } from '../images/padding.js';

/** The image goes through the networks in bands from top to bottom; the maps between them lie in the process's memory. */
export interface BandsEstimate {
  /** Rows of the image that are taken at once. */
  readonly rows: number;
  /** Bytes of the maps and of the image in the process's memory. */
  readonly hostBytes: number;
}

/** What translating an image of one size takes, and whether the device has it. */
export interface TranslationEstimate {
  /** What the networks see: the image reflected up to a size that they take. */
  readonly padded: Size;
  /** The most bytes of activations at once, rather more than less; the weights come on top. */
  readonly peakBytes: number;
  /** Bytes of the largest single tensor. */
  readonly largestBytes: number;
  /** Bytes that the device can give at most, where it says so. */
  readonly limitBytes: number | undefined;
  /** Whether the device has them for the whole image at once. */
  readonly fits: boolean;
  /** How the image is translated when it does not fit; undefined when it fits, or when not even bands do. */
  readonly bands: BandsEstimate | undefined;
}

/** What is known of memory besides what the device says. */
export interface MemoryOptions {
  /** Bytes that the work on one image may take on the device. */
  readonly memoryLimit?: number | undefined;
  /** Bytes that the process can still get. */
  readonly hostMemory?: number | undefined;
}

/** Both limits of a device; undefined where it states none. */
interface Limits {
  readonly total: number | undefined;
  readonly single: number | undefined;
}

function deviceLimits({ taken, details }: DeviceReport, { hostMemory }: MemoryOptions): Limits {
  const bytes = (name: string): number | undefined => {
    const value = details[name];
    return typeof value === 'number' ? value * 2 ** 20 : undefined;
  };
  if (taken === 'simd') return { total: bytes('maxMemoryMiB'), single: undefined };
  if (taken === 'webgpu') return { total: undefined, single: bytes('maxBindingMiB') };
  return { total: taken === 'cpu' || taken === 'tensorflow' ? hostMemory : undefined, single: undefined };
}

/**
 * Full-resolution maps of `dim` channels that live at once, in the norms of the first and the last layers. Measured as TensorFlow.js's peak
 * where norms are made of its kernels, and as the WebAssembly heap, scratch memory included, where they are one (1024² and 512²: 4.3).
 */
const MAPS = { composed: 8, simd: 5.5 };

/** On `simd` the weights lie there a second time, transformed for Winograd's convolutions: 4 times as large, and both generators may. */
const WEIGHTS = { composed: 1, simd: 6 };

/** What the work on an image of one size comes to, of one of the generators: the larger, where they differ. */
interface Work {
  /** Values of the largest map. */
  readonly map: number;
  /** Values of the largest tensor: a convolution's input, enlarged and with its border. */
  readonly tensor: number;
  /** Values of the content. */
  readonly content: number;
  /** Values of the largest map that is kept between the layers where the image goes in bands: those at full size are not. */
  readonly kept: number;
}

/** Both generators of a model, as data: another thread, or a page, can estimate without the networks. */
export interface Generators {
  /** Of each direction: the encoder of the one domain, the decoder of the other, and the channels of its image. */
  readonly layers: readonly { readonly inputDim: number; readonly encoder: LayerNode; readonly decoder: LayerNode }[];
  /** The largest number of channels of an image. */
  readonly channels: number;
  /** What sizes of images must be a multiple of. */
  readonly sizeMultiple: number;
  /** The smallest height and width. */
  readonly minimum: number;
}

/** Values of what a step reads: of a convolution, its input enlarged and with its border. */
function readBy({ step, input }: TracedStep): number {
  const node = step.kind === 'weighted' ? step.weight.node : undefined;
  if (node?.op !== 'convolution') return valuesOf(input);
  const padded = (size: number): number => size * node.upsample + 2 * node.padding;
  return padded(input.height) * padded(input.width) * input.channels;
}

function workOf({ layers }: Generators, { width, height }: Size): Work {
  const works = layers.map(({ inputDim, encoder, decoder }): Work => {
    const image = { height, width, channels: inputDim };
    const encoding = trace(encoder, image);
    const content = encoding.at(-1)?.output ?? image;
    const steps = [...encoding, ...trace(decoder, content)];
    const whole = steps.filter(({ output }) => output.height < height || content.height === height).slice(0, -1);
    return {
      map: Math.max(...steps.map(({ output }) => valuesOf(output))),
      tensor: Math.max(...steps.map(readBy)),
      content: valuesOf(content),
      kept: Math.max(...whole.map(({ output }) => valuesOf(output))),
    };
  });
  const most = (key: keyof Work): number => Math.max(...works.map((work) => work[key]));
  return { map: most('map'), tensor: most('tensor'), content: most('content'), kept: most('kept') };
}

function bytesOf(generators: Generators, { width, height }: Size, maps: number): { readonly peak: number; readonly largest: number } {
  const { map, tensor } = workOf(generators, { width, height });
  const images = 4 * 2 * generators.channels * (width + 6) * (height + 6);
  return { largest: 4 * tensor, peak: 4 * maps * map + images };
}

/** A band takes no more than this of a device that has more: it is soon done, so that an abort is soon noticed. */
const BAND_BYTES = 2 ** 29;

/** Rows above and below a band that its convolutions reach, at most, counted at full size. */
const HALO = 32;

/** Bytes of the maps that are kept between the layers, and of images: as they come, padded, as they go, and as 8-bit pixels. */
function hostBytesOf(generators: Generators, { width, height }: Size): number {
  const { content, kept } = workOf(generators, { width, height });
  return 4 * Math.max(3 * content, content + kept) + 18 * generators.channels * width * height;
}

function bandsOf(generators: Generators, padded: Size, fits: (band: Size) => boolean, hostMemory = Infinity): BandsEstimate | undefined {
  const hostBytes = hostBytesOf(generators, padded);
  if (hostBytes > hostMemory) return undefined;
  const unit = Math.max(16, generators.sizeMultiple);
  const has = (units: number): boolean => fits({ width: padded.width, height: units * unit + HALO });
  if (!has(1)) return undefined;
  let units = 1;
  while (units * unit < padded.height && has(units + 1)) units += 1;
  return { rows: units * unit, hostBytes };
}

/** What translating one image of `size` takes, whatever the number of styles: they are decoded one after the other. */
export function estimateFor(generators: Generators, report: DeviceReport, size: Size, weightBytes: number, memory: MemoryOptions): TranslationEstimate {
  const multiple = generators.sizeMultiple;
  const padded = paddedSize(size, multiple, generators.minimum);
  const kernels = report.taken === 'simd' ? 'simd' : 'composed';
  const limits = deviceLimits(report, memory);
  const stated = limits.total === undefined ? undefined : limits.total - WEIGHTS[kernels] * weightBytes;
  const total = stated === undefined ? memory.memoryLimit : Math.min(stated, memory.memoryLimit ?? Infinity);
  const within = ({ peak, largest }: ReturnType<typeof bytesOf>, most = Infinity): boolean => peak <= Math.min(total ?? Infinity, most) && largest <= (limits.single ?? Infinity);
  const whole = bytesOf(generators, padded, MAPS[kernels]);
  const fits = within(whole);
  return {
    padded,
    peakBytes: Math.round(whole.peak),
    largestBytes: Math.round(whole.largest),
    limitBytes: total ?? limits.single,
    fits,
    bands: fits ? undefined : bandsOf(generators, padded, (band) => within(bytesOf(generators, band, MAPS[kernels]), BAND_BYTES), memory.hostMemory),
  };
}

/**
 * How to go about an image: at once (undefined), or in bands.
 * @throws OutOfMemoryError that says which size would fit
 */
export function planWork(generators: Generators, report: DeviceReport, size: Size, weightBytes = 0, memory: MemoryOptions = {}): BandsEstimate | undefined {
  const at = (factor: number): TranslationEstimate => estimateFor(generators, report, scaled(size, factor), weightBytes, memory);
  const can = ({ fits, bands }: TranslationEstimate): boolean => fits || bands !== undefined;
  const estimate = at(1);
  if (can(estimate)) return estimate.bands;
  let [low, high] = [0, 1];
  for (let i = 0; i < 20; i++) {
    const middle = (low + high) / 2;
    if (can(at(middle))) low = middle;
    else high = middle;
  }
  const most = scaled(size, low);
  const gigabytes = (hostBytesOf(generators, estimate.padded) / 1e9).toPrecision(2);
  throw new OutOfMemoryError(`An image of ${size.width}×${size.height} takes ${gigabytes} GB even in bands, more than this process and ${report.description} can give.`, {
    remedy: { id: 'scale-image', ...most, text: `Scale it to ${most.width}×${most.height} or less, or use a device with more memory.` },
  });
}

const scaled = ({ width, height }: Size, factor: number): Size => ({
  width: Math.max(1, Math.floor(width * factor)),
  height: Math.max(1, Math.floor(height * factor)),
});
