/**
 * What "equal" means, in one place.
 *
 * A value agrees with the truth when |ours − truth| ≤ atol · s + rtol · |truth|, with s the largest magnitude in the true
 * tensor (or `scaleFloor`, where that is more): a sum's rounding error goes with its largest terms, not with its value.
 */
export interface Tolerance {
  /** Absolute part. */
  readonly atol: number;
  /** Share of the reference value. */
  readonly rtol: number;
  /** The least s. Default 0. */
  readonly scaleFloor?: number;
}

/** Classes of ops by how their float32 rounding grows. */
export type ToleranceClass = 'exact' | 'elementwise' | 'reduction' | 'product' | 'normalization';

/** float32 against a float64 truth. A float32 has a relative spacing of 1.2e-7. */
export const float32Tolerances: Readonly<Record<ToleranceClass, Tolerance>> = {
  /** Moves values and never computes with them. */
  exact: { atol: 0, rtol: 0 },
  /** A few roundings; GPUs' exp and tanh are a few units off in the last place. */
  elementwise: { atol: 1e-6, rtol: 4e-6 },
  /** Sums over a tensor. */
  reduction: { atol: 2e-6, rtol: 1e-5 },
  /** Sums of products of up to some thousands of terms, Winograd's transforms included. */
  product: { atol: 4e-6, rtol: 2e-5 },
  /** A difference from the mean, times an inverse deviation. */
  normalization: { atol: 5e-6, rtol: 5e-5 },
};

/** A float64 reference gradient against central finite differences of the float64 reference. */
export const finiteDifferenceTolerance: Tolerance = { atol: 1e-7, rtol: 1e-6 };
