/** What an image costs, before the work. */
import { type DeviceReport, OutOfMemoryError } from '@munit/core';
import type { GeneratorsArchitecture } from '@munit/formats';
import type { Size } from '@munit/images';
import { paddedSize } from '../images/padding.js';

/** The image goes through the networks in bands from top to bottom; the maps between them lie in the process's memory. */
export interface BandsEstimate {
  /** Rows of the image that are taken at once. */
  readonly rows: number;
  /** Bytes of the maps and of the image in the process's memory. */
  readonly hostBytes: number;
}

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

/** The last convolution's input is the largest tensor: 2·dim channels, doubled in size and padded by 2. */
function bytesOf({ dim, inputDim }: GeneratorsArchitecture, { width, height }: Size, maps: number): { readonly peak: number; readonly largest: number } {
  const images = 4 * 2 * Math.max(inputDim.a, inputDim.b) * (width + 6) * (height + 6);
  return { largest: 4 * 2 * dim * (width + 4) * (height + 4), peak: 4 * dim * maps * width * height + images };
}

/** A band takes no more than this of a device that has more: it is soon done, so that an abort is soon noticed. */
const BAND_BYTES = 2 ** 29;

/** Rows above and below a band that its convolutions reach, at most, counted at full size. */
const HALO = 32;

/** Bytes of the maps that are kept between the layers, and of images: as they come, padded, as they go, and as 8-bit pixels. */
function hostBytesOf({ dim, inputDim, nDownsample }: GeneratorsArchitecture, { width, height }: Size): number {
  const content = (4 * dim) / 2 ** nDownsample;
  const largest = nDownsample < 2 ? content : (4 * dim) / 2;
  return width * height * (Math.max(3 * content, content + largest) + 18 * Math.max(inputDim.a, inputDim.b));
}

function bandsOf(architecture: GeneratorsArchitecture, padded: Size, fits: (band: Size) => boolean, hostMemory = Infinity): BandsEstimate | undefined {
  const hostBytes = hostBytesOf(architecture, padded);
  if (hostBytes > hostMemory) return undefined;
  const unit = Math.max(16, 2 ** architecture.nDownsample);
  const has = (units: number): boolean => fits({ width: padded.width, height: units * unit + HALO });
  if (!has(1)) return undefined;
  let units = 1;
  while (units * unit < padded.height && has(units + 1)) units += 1;
  return { rows: units * unit, hostBytes };
}

/** What translating one image of `size` takes, whatever the number of styles: they are decoded one after the other. */
export function estimateTranslation(architecture: GeneratorsArchitecture, report: DeviceReport, size: Size, weightBytes = 0, memory: MemoryOptions = {}): TranslationEstimate {
  const multiple = 2 ** architecture.nDownsample;
  const padded = paddedSize(size, multiple, Math.max(4, 2 * multiple));
  const kernels = report.taken === 'simd' ? 'simd' : 'composed';
  const limits = deviceLimits(report, memory);
  const stated = limits.total === undefined ? undefined : limits.total - WEIGHTS[kernels] * weightBytes;
  const total = stated === undefined ? memory.memoryLimit : Math.min(stated, memory.memoryLimit ?? Infinity);
  const within = ({ peak, largest }: ReturnType<typeof bytesOf>, most = Infinity): boolean => peak <= Math.min(total ?? Infinity, most) && largest <= (limits.single ?? Infinity);
  const whole = bytesOf(architecture, padded, MAPS[kernels]);
  const fits = within(whole);
  return {
    padded,
    peakBytes: Math.round(whole.peak),
    largestBytes: Math.round(whole.largest),
    limitBytes: total ?? limits.single,
    fits,
    bands: fits ? undefined : bandsOf(architecture, padded, (band) => within(bytesOf(architecture, band, MAPS[kernels]), BAND_BYTES), memory.hostMemory),
  };
}

/**
 * How to go about an image: at once (undefined), or in bands.
 * @throws OutOfMemoryError that says which size would fit
 */
export function planWork(architecture: GeneratorsArchitecture, report: DeviceReport, size: Size, weightBytes = 0, memory: MemoryOptions = {}): BandsEstimate | undefined {
  const at = (factor: number): TranslationEstimate => estimateTranslation(architecture, report, scaled(size, factor), weightBytes, memory);
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
  const gigabytes = (hostBytesOf(architecture, estimate.padded) / 1e9).toPrecision(2);
  throw new OutOfMemoryError(`An image of ${size.width}×${size.height} takes ${gigabytes} GB even in bands, more than this process and ${report.description} can give.`, {
    remedy: { id: 'scale-image', ...most, text: `Scale it to ${most.width}×${most.height} or less, or use a device with more memory.` },
  });
}

const scaled = ({ width, height }: Size, factor: number): Size => ({
  width: Math.max(1, Math.floor(width * factor)),
  height: Math.max(1, Math.floor(height * factor)),
});
