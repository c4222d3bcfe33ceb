/** Multinomial logistic regression on standardized features, in float64. */
import { type FeatureSet, rowOf } from '../statistics/features.js';

/** logits = ((x − mean) / scale) · weights + bias */
export interface SoftmaxModel {
  /** [d], subtracted from the features. */
  readonly mean: Float64Array;
  /** [d], at least a small positive number. */
  readonly scale: Float64Array;
  /** [d, K], row-major. */
  readonly weights: Float64Array;
  /** [K] */
  readonly bias: Float64Array;
}

/** Probabilities of the classes, [N, K]. */
export function softmaxPredict({ mean, scale, weights, bias }: SoftmaxModel, set: FeatureSet): Float64Array {
  const classes = bias.length;
  const result = new Float64Array(set.count * classes);
  for (let n = 0; n < set.count; n++) {
    const row = rowOf(set, n);
    const logits = result.subarray(n * classes, (n + 1) * classes);
    logits.set(bias);
    for (let i = 0; i < set.dimension; i++) {
      const x = ((row[i] as number) - (mean[i] as number)) / (scale[i] as number);
      if (x !== 0) for (let c = 0; c < classes; c++) logits[c]! += x * (weights[i * classes + c] as number);
    }
    normalize(logits);
  }
  return result;
}

/** Logits to probabilities, in place. */
export function normalize(logits: Float64Array): void {
  const most = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  let sum = 0;
  logits.forEach((value, c) => (sum += logits[c] = Math.exp(value - most)));
  logits.forEach((value, c) => (logits[c] = value / sum));
}

/** Standardization of a set: mean and deviation of each feature; a constant one is left as it is. */
export function standardizationOf(set: FeatureSet): Pick<SoftmaxModel, 'mean' | 'scale'> {
  const { count, dimension: d } = set;
  const [mean, square] = [new Float64Array(d), new Float64Array(d)];
  for (let n = 0; n < count; n++) rowOf(set, n).forEach((x, i) => (mean[i]! += x / count));
  for (let n = 0; n < count; n++) rowOf(set, n).forEach((x, i) => (square[i]! += (x - (mean[i] as number)) ** 2 / count));
  return { mean, scale: square.map((value) => (value > 1e-12 ? Math.sqrt(value) : 1)) };
}

/**
 * Minimises the mean cross-entropy + λ/2 ‖W‖² by Nesterov's accelerated gradient method from 0, which is deterministic and whose minimum is unique.
 * Classes count alike, however many images each has.
 */
export function fitSoftmax(set: FeatureSet, labels: ArrayLike<number>, classes: number, lambda: number, iterations = 300): SoftmaxModel {
  const { count, dimension: d } = set;
  const standard = standardizationOf(set);
  const x = new Float64Array(count * d);
  for (let n = 0; n < count; n++) rowOf(set, n).forEach((value, i) => (x[n * d + i] = (value - (standard.mean[i] as number)) / (standard.scale[i] as number)));
  const sizes = new Float64Array(classes);
  for (let n = 0; n < count; n++) sizes[labels[n] as number]!++;
  const importance = Float64Array.from({ length: count }, (_, n) => 1 / (classes * (sizes[labels[n] as number] as number)));
  // The Hessian is at most ½ Σ importance (x xᵀ + 1) + λ: its trace bounds the step.
  const step = 1 / (0.5 * (1 + largestEigenvalue(x, importance, d)) + lambda);
  let [weights, bias] = [new Float64Array(d * classes), new Float64Array(classes)];
  let [aheadW, aheadB] = [weights, bias];
  for (let t = 1; t <= iterations; t++) {
    const gradW = aheadW.map((w) => lambda * w);
    const gradB = new Float64Array(classes);
    const p = new Float64Array(classes);
    for (let n = 0; n < count; n++) {
      p.set(aheadB);
      for (let i = 0, at = n * d; i < d; i++, at++) for (let c = 0; c < classes; c++) p[c]! += (x[at] as number) * (aheadW[i * classes + c] as number);
      normalize(p);
      p[labels[n] as number]!--;
      for (let c = 0; c < classes; c++) gradB[c]! += (p[c]! *= importance[n] as number);
      for (let i = 0, at = n * d; i < d; i++, at++) for (let c = 0; c < classes; c++) gradW[i * classes + c]! += (x[at] as number) * (p[c] as number);
    }
    const momentum = (t - 1) / (t + 2);
    const [nextW, nextB] = [aheadW.map((w, i) => w - step * (gradW[i] as number)), aheadB.map((b, c) => b - step * (gradB[c] as number))];
    aheadW = nextW.map((w, i) => w + momentum * (w - (weights[i] as number)));
    aheadB = nextB.map((b, c) => b + momentum * (b - (bias[c] as number)));
    [weights, bias] = [nextW, nextB];
  }
  return { ...standard, weights, bias };
}

/** Of Σ importance x xᵀ, by power iteration, a little above. */
function largestEigenvalue(x: Float64Array, importance: Float64Array, d: number): number {
  let vector = new Float64Array(d).fill(1 / Math.sqrt(d));
  let value = 0;
  for (let round = 0; round < 30; round++) {
    const next = new Float64Array(d);
    importance.forEach((weight, n) => {
      let along = 0;
      for (let i = 0; i < d; i++) along += (x[n * d + i] as number) * (vector[i] as number);
      for (let i = 0; i < d; i++) next[i]! += weight * along * (x[n * d + i] as number);
    });
    value = Math.sqrt(next.reduce((sum, v) => sum + v * v, 0));
    if (value === 0) return 0;
    vector = next.map((v) => v / value);
  }
  return 1.1 * value;
}

/** Mean cross-entropy in nats, each class alike. */
export function crossEntropy(probabilities: Float64Array, labels: ArrayLike<number>, classes: number): number {
  const [sums, sizes] = [new Float64Array(classes), new Float64Array(classes)];
  for (let n = 0; n < labels.length; n++) {
    const label = labels[n] as number;
    sums[label]! -= Math.log(Math.max(1e-12, probabilities[n * classes + label] as number));
    sizes[label]!++;
  }
  return sums.reduce((total, sum, c) => (sizes[c] === 0 ? total : total + sum / (sizes[c] as number)), 0) / sizes.filter((size) => size > 0).length;
}
