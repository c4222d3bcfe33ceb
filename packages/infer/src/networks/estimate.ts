/** What an image costs, before the work. */
import { type DeviceReport, OutOfMemoryError } from '@munit/core';
import type { GeneratorsArchitecture } from '@munit/formats';
import { paddedSize, type Size } from '../images/padding.js';

export interface TranslationEstimate {
  /** What the networks see: the image reflected up to a size that they take. */
  readonly padded: Size;
  /** The most bytes of activations at once, rather more than less; the weights come on top. */
  readonly peakBytes: number;
  /** Bytes of the largest single tensor. */
  readonly largestBytes: number;
  /** Bytes that the device can give at most, where it says so. */
  readonly limitBytes: number | undefined;
  readonly fits: boolean;
}

/** Both limits of a device; undefined where it states none. */
interface Limits {
  readonly total: number | undefined;
  readonly single: number | undefined;
}

function limitsOf({ taken, details }: DeviceReport): Limits {
  const bytes = (name: string): number | undefined => {
    const value = details[name];
    return typeof value === 'number' ? value * 2 ** 20 : undefined;
  };
  if (taken === 'simd') return { total: bytes('maxMemoryMiB'), single: undefined };
  if (taken === 'webgpu') return { total: undefined, single: bytes('maxBindingMiB') };
  return { total: undefined, single: undefined };
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

/** What translating one image of `size` takes, whatever the number of styles: they are decoded one after the other. */
export function estimateTranslation(architecture: GeneratorsArchitecture, report: DeviceReport, size: Size, weightBytes = 0): TranslationEstimate {
  const multiple = 2 ** architecture.nDownsample;
  const padded = paddedSize(size, multiple, Math.max(4, 2 * multiple));
  const kernels = report.taken === 'simd' ? 'simd' : 'composed';
  const { peak, largest } = bytesOf(architecture, padded, MAPS[kernels]);
  const limits = limitsOf(report);
  const total = limits.total === undefined ? undefined : limits.total - WEIGHTS[kernels] * weightBytes;
  return {
    padded,
    peakBytes: Math.round(peak),
    largestBytes: Math.round(largest),
    limitBytes: total ?? limits.single,
    fits: peak <= (total ?? Infinity) && largest <= (limits.single ?? Infinity),
  };
}

/**
 * @throws OutOfMemoryError that says which size would fit
 */
export function checkFits(architecture: GeneratorsArchitecture, report: DeviceReport, size: Size, weightBytes = 0): void {
  const fits = (factor: number): boolean => estimateTranslation(architecture, report, scaled(size, factor), weightBytes).fits;
  if (fits(1)) return;
  let [low, high] = [0, 1];
  for (let i = 0; i < 20; i++) {
    const middle = (low + high) / 2;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  const { peakBytes } = estimateTranslation(architecture, report, size);
  const most = scaled(size, low);
  const gigabytes = (peakBytes / 1e9).toPrecision(2);
  throw new OutOfMemoryError(`An image of ${size.width}×${size.height} takes ${gigabytes} GB, more than ${report.description} can give.`, {
    remedy: `Scale it to ${most.width}×${most.height} or less, or use a device with more memory.`,
  });
}

const scaled = ({ width, height }: Size, factor: number): Size => ({
  width: Math.max(1, Math.floor(width * factor)),
  height: Math.max(1, Math.floor(height * factor)),
});
