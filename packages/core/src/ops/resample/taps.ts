/** Linear maps along one axis that read a few cells for each output: what resizing, blurring and averaging are made of. */

/** One cell that an output reads, and its weight. */
export interface Tap {
  readonly index: number;
  readonly weight: number;
}

/** A sparse matrix: for each output the cells that it sums. */
export interface Taps {
  /** Cells of the input. */
  readonly length: number;
  readonly outputs: readonly (readonly Tap[])[];
}

/** Where an output of a resized axis lies among the cells of the input: PyTorch's `interpolate` with `align_corners` or without. */
function sourceOf(output: number, length: number, outputs: number, alignCorners: boolean): number {
  if (alignCorners) return outputs === 1 ? 0 : (output * (length - 1)) / (outputs - 1);
  return Math.max(0, ((output + 0.5) * length) / outputs - 0.5);
}

/** Linear interpolation of `length` cells at `outputs` places. */
export function bilinearTaps(length: number, outputs: number, alignCorners: boolean): Taps {
  const tapsOf = (output: number): Tap[] => {
    const source = Math.min(sourceOf(output, length, outputs, alignCorners), length - 1);
    const index = Math.floor(source);
    const weight = source - index;
    return weight === 0 ? [{ index, weight: 1 }] : [{ index, weight: 1 - weight }, { index: index + 1, weight }];
  };
  return { length, outputs: Array.from({ length: outputs }, (_, output) => tapsOf(output)) };
}

/** The adjoint: each cell sums the outputs that it was read by. */
export function adjointTaps({ length, outputs }: Taps): Taps {
  const cells = Array.from({ length }, (): Tap[] => []);
  outputs.forEach((taps, output) => {
    for (const { index, weight } of taps) cells[index]?.push({ index: output, weight });
  });
  return { length: outputs.length, outputs: cells };
}

/** The cell that shows at position `i` of a bordered axis: mirrored at the edge without the edge itself, or the edge repeated. */
export function shownAt(i: number, length: number, mode: 'reflect' | 'replicate'): number {
  if (mode === 'replicate') return Math.min(length - 1, Math.max(0, i));
  return i < 0 ? -i : i >= length ? 2 * (length - 1) - i : i;
}

/** A border of `size` cells on both sides. */
export const borderTaps = (length: number, size: number, mode: 'reflect' | 'replicate'): Taps => ({
  length,
  outputs: Array.from({ length: length + 2 * size }, (_, i) => [{ index: shownAt(i - size, length, mode), weight: 1 }]),
});

/** Binomial weights of `size` cells, which sum to 1, at every second place, with the mirrored border that PyTorch's antialiased-cnns gives them. */
export function blurTaps(length: number, size: number): Taps {
  const before = Math.floor((size - 1) / 2);
  const row = Array.from({ length: size }, (_, k) => binomial(size - 1, k) / 2 ** (size - 1));
  const outputs = Array.from({ length: Math.ceil(length / 2) }, (_, output) =>
    row.map((weight, k) => ({ index: shownAt(2 * output + k - before, length, 'reflect'), weight })),
  );
  return { length, outputs };
}

const binomial = (n: number, k: number): number => (k === 0 ? 1 : (binomial(n - 1, k - 1) * n) / k);
