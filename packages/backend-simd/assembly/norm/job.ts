/** What the tasks of a normalisation and of its gradient read. */
import { NORMALIZE, record } from '../runtime/records';

@unmanaged
export class NormalizeJob {
  x: usize;
  /** Per sample four rows of C numbers: mean, inv * scale, shift, inv. */
  table: usize;
  pixels: i32;
  channels: i32;
  activation: i32;
  slope: f32;
  // Forward.
  residual: usize;
  y: usize;
  // Gradient.
  dy: usize;
  /** Sums of each chunk of pixels, [N * chunks][2][C] floats, and of each sample, [N][C] pairs of doubles. */
  partial: usize;
  sums: usize;
  /** k2 and k3 of each sample: [N][2][C]. */
  coefficients: usize;
  dx: usize;
}

// @ts-ignore: decorator
@inline
export function normalizeJob(): NormalizeJob {
  return record<NormalizeJob>(NORMALIZE);
}

/** The part that both directions share. */
export function newNormalizeJob(x: usize, table: usize, pixels: i32, c: i32, activation: i32, slope: f32): NormalizeJob {
  const job = normalizeJob();
  job.x = x;
  job.table = table;
  job.pixels = pixels;
  job.channels = c;
  job.activation = activation;
  job.slope = slope;
  return job;
}
