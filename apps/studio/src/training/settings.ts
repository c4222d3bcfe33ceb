/** What people set before they train, and what it means to the trainer. */
import type { DeviceName } from '@munit/core';
import type { TrainingConfigInput } from '@munit/train';

/** What the two kinds of pictures are called. */
export interface Names {
  readonly a: string;
  readonly b: string;
}

/** Pictures of both kinds. */
export interface Sets {
  readonly a: readonly File[];
  readonly b: readonly File[];
}

/** What is trained on. */
export type Source =
  | { readonly kind: 'synthetic'; readonly count: number }
  | (Sets & { readonly kind: 'files'; readonly names: Names });

/** The same without the files themselves. */
export type SourceNote =
  | { readonly kind: 'synthetic'; readonly count: number }
  | { readonly kind: 'files'; readonly a: number; readonly b: number; readonly names: Names };

export type DeviceRequest = Extract<DeviceName, 'webgpu' | 'simd'> | 'auto';

export const sizes = [16, 32, 48, 64, 96, 128] as const;
export const widths = [8, 16, 24, 32] as const;
export const batches = [1, 2, 4, 8] as const;
export const rates = [1e-4, 2e-4, 5e-4, 1e-3] as const;

export interface Settings {
  /** Side of the square pictures, pixels. */
  readonly size: number;
  /** Channels of the networks' first layer. */
  readonly width: number;
  readonly steps: number;
  /** Pictures of each set per step. */
  readonly batch: number;
  readonly rate: number;
  /** Mirror half of the pictures. */
  readonly mirror: boolean;
}

export interface Preset {
  /** What it is called and what it means is in the tables of words. */
  readonly id: 'short' | 'medium' | 'long';
  readonly settings: Settings;
}

const quick: Settings = { size: 32, width: 16, steps: 2000, batch: 4, rate: 5e-4, mirror: true };

export const presets: readonly [Preset, ...Preset[]] = [
  { id: 'short', settings: { ...quick, steps: 500 } },
  { id: 'medium', settings: quick },
  { id: 'long', settings: { ...quick, size: 64, width: 24, steps: 4000, batch: 2, rate: 2e-4 } },
];

/** The trainer's configuration; the sets say the rest. Files are shrunk to a bit more than is cropped, so that the crops differ. */
export function configOf({ size, width, steps, batch, rate, mirror }: Settings, files: boolean): TrainingConfigInput {
  const every = Math.max(5, Math.min(100, Math.round(steps / 20)));
  return {
    crop_image_height: size,
    crop_image_width: size,
    new_size: files ? Math.ceil(size * 1.125) : size,
    batch_size: batch,
    lr: rate,
    max_iter: steps,
    mirror,
    // A short run's average must not remember its beginning.
    ema_half_life_images: Math.max(20, Math.min(500, (steps * batch) / 8)),
    log_iter: 1,
    // Larger pictures take longer to sample too.
    display_size: size > 48 ? 3 : 4,
    image_save_iter: every,
    image_display_iter: every,
    snapshot_save_iter: Math.max(25, Math.min(100, every * 2)),
    gen: { dim: width },
    dis: { dim: width },
  };
}
