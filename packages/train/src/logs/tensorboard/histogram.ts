/** What TensorBoard draws: counts between rising limits, and the moments of the values. */
export interface Histogram {
  readonly min: number;
  readonly max: number;
  readonly count: number;
  readonly sum: number;
  readonly sumOfSquares: number;
  /** Upper limits; a value v falls into the first bucket with v ≤ limit. */
  readonly limits: readonly number[];
  readonly counts: readonly number[];
}

/**
 * Histogram of the finite values in `buckets` equal parts between their least and their largest.
 * Values that are not finite are left out; with none left, all figures are 0 and there is one empty bucket.
 */
export function histogram(values: ArrayLike<number>, buckets = 30): Histogram {
  let [min, max, count, sum, sumOfSquares] = [Infinity, -Infinity, 0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    sumOfSquares += value * value;
    count++;
  }
  if (count === 0) return { min: 0, max: 0, count: 0, sum: 0, sumOfSquares: 0, limits: [0], counts: [0] };
  if (min === max) return { min, max, count, sum, sumOfSquares, limits: [max], counts: [count] };
  const width = (max - min) / buckets;
  // The last limit is the maximum itself, so that rounding loses no value.
  const limits = Array.from({ length: buckets }, (_, i) => (i === buckets - 1 ? max : min + (i + 1) * width));
  const counts = limits.map(() => 0);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    let bucket = Math.min(buckets - 1, Math.max(0, Math.ceil((value - min) / width) - 1));
    while (bucket > 0 && value <= limits[bucket - 1]!) bucket--;
    while (value > limits[bucket]!) bucket++;
    counts[bucket]!++;
  }
  return { min, max, count, sum, sumOfSquares, limits, counts };
}
