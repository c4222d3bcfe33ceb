/** Sizes of a convolution on the GPU, and the pure arithmetic behind its phases and its border. */
import type { Shape4 } from '../../../wgsl/types.js';
import { lanesFor } from '../../../wgsl/wgsl.js';
import type { Conv2dSettings } from '../types.js';

export interface Geometry extends Conv2dSettings {
  /** Slope of the leaky ReLU. */
  readonly slope: number;
  readonly samples: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly outputs: number;
  readonly outHeight: number;
  readonly outWidth: number;
}

export function geometryOf([samples, height, width, channels]: Shape4, [kh, kw, , outputs]: Shape4, parameters: Conv2dSettings & { readonly slope: number }): Geometry {
  const { stride, pad, upsample } = parameters;
  const outSize = (length: number, kernel: number): number => Math.floor((length * upsample + 2 * pad - kernel) / stride) + 1;
  return {
    ...parameters,
    samples,
    height,
    width,
    channels,
    kernelHeight: kh,
    kernelWidth: kw,
    outputs,
    outHeight: outSize(height, kh),
    outWidth: outSize(width, kw),
  };
}

/** All of a geometry that a program's code depends on; the sizes of images and the numbers of channels are uniforms. */
export const geometryKey = (g: Geometry): string =>
  `${g.kernelHeight}x${g.kernelWidth} s${g.stride} ${g.padMode}${g.pad} up${g.upsample} ${lanesFor(g.channels)}-${lanesFor(g.outputs)}`;

export const sizeNames = ['samples', 'height', 'width', 'outHeight', 'outWidth', 'channels', 'outputs'] as const;
export const sizesOf = (g: Pick<Geometry, (typeof sizeNames)[number]>): number[] => sizeNames.map((name) => g[name]);

/** One axis of the phases. */
export interface PhaseAxis {
  /** Where an output of phase 0, 1 starts to look, relative to its own low-resolution cell. */
  readonly start: readonly [number, number];
  /** Cells that it looks at. */
  readonly taps: number;
}

/**
 * After nearest ×2 upsampling, neighbouring taps of the kernel see the same cell. Output 2r + a takes tap u from the upsampled row
 * 2r + a + u − pad, which is cell r + ⌊(a + u − pad) / 2⌋: so each of the two phases a is a convolution of the small image with
 * fewer taps, whose weights are sums (5 taps become 3).
 */
export function phaseAxis(kernel: number, pad: number): PhaseAxis {
  const cell = (phase: number, tap: number): number => Math.floor((phase + tap - pad) / 2);
  const start = [cell(0, 0), cell(1, 0)] as const;
  return { start, taps: Math.max(cell(0, kernel - 1) - start[0], cell(1, kernel - 1) - start[1]) + 1 };
}

/**
 * How many outer rows and columns of the output the phases get wrong. In the small image a mirrored border is a repeated one,
 * as long as only one upsampled row is mirrored; from the second on it is not, which is seen by the outermost pad − 1 outputs.
 */
export const borderWidth = ({ padMode, pad }: Geometry): number => (padMode === 'reflect' ? Math.max(0, pad - 1) : 0);

/** Whether phases can be used, and leave more than a border. */
export function hasPhases(g: Geometry): boolean {
  const margin = 2 * borderWidth(g);
  return g.upsample === 2 && g.stride === 1 && g.outHeight > margin && g.outWidth > margin;
}
