/** What the page and the worker of the bench say to each other. */

/** Devices that a page has and that are worth a measurement. */
export const measuredDevices = ['simd', 'webgpu'] as const;
export type MeasuredDevice = (typeof measuredDevices)[number];

/** Sides of the square images, in pixels. */
export const sides = [64, 128, 256] as const;

/** What the worker measures. */
export interface BenchRequest {
  readonly device: MeasuredDevice;
}

/** What it says, one after the other; `done` or `failed` is the last. */
export type BenchReport =
  | { readonly kind: 'device'; readonly description: string }
  | { readonly kind: 'time'; readonly side: number; readonly milliseconds: number; readonly runs: number }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly reason: string };
