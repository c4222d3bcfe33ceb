/** One line of the report per case. */

export interface Line {
  readonly name: string;
  /** The largest error as a share of what is allowed: passed up to 1. */
  readonly ratio: number;
  readonly passed: boolean;
  /** Where and how large, for people. */
  readonly detail: string;
}

/** `pass  0.031  layers/conv2dblock_…  detail` */
export function formatLine({ name, ratio, passed, detail }: Line): string {
  return `${passed ? 'pass' : 'FAIL'}  ${formatRatio(ratio).padStart(9)}  ${name}${detail === '' ? '' : `  (${detail})`}`;
}

const formatRatio = (ratio: number): string => (Number.isFinite(ratio) ? ratio.toPrecision(3) : 'not equal');

/** A case that could not be run at all. */
export function failure(name: string, error: unknown): Line {
  return { name, ratio: Infinity, passed: false, detail: error instanceof Error ? error.message : String(error) };
}
