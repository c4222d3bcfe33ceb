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
