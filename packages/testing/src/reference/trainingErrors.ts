/** How far a run of ours may be from a run of the published code: the three errors, and what is allowed of each. */
import type { NdArray } from '../arrays/ndArray.js';
import type { TrainingRun } from './training.js';

/** The largest relative difference over a step's `loss_*`. A term that ours leaves out counts as 0, as the published trainer sets it. */
export function lossesError(ours: Readonly<Record<string, number>>, truth: Readonly<Record<string, number>>): number {
  let largest = 0;
  for (const [name, expected] of Object.entries(truth)) {
    if (!name.startsWith('loss_')) continue;
    const difference = Math.abs((ours[name] ?? 0) - expected);
    if (difference === 0) continue;
    // NaN must not hide behind Math.max's order of arguments.
    largest = Math.max(largest, Number.isNaN(difference) ? Infinity : difference / Math.abs(expected));
  }
  return largest;
}

/**
 * By tensor: ‖ours − truth‖ / max(‖truth‖, 1e-4 × the largest ‖truth‖ among its network's tensors).
 * The network is what stands before the name's first dot. A gradient that ours lacks has the error of a zero.
 */
export function firstGradientErrors(ours: ReadonlyMap<string, NdArray>, truth: ReadonlyMap<string, NdArray>): Map<string, number> {
  const largest = new Map<string, number>();
  for (const [key, gradient] of truth) {
    const network = networkOf(key);
    largest.set(network, Math.max(largest.get(network) ?? 0, norm(gradient)));
  }
  const errors = new Map<string, number>();
  for (const [key, gradient] of truth) {
    const scale = Math.max(norm(gradient), 1e-4 * (largest.get(networkOf(key)) ?? 0));
    errors.set(key, ratio(distance(key, ours.get(key), gradient), scale));
  }
  return errors;
}

/** By network: ‖ours − truth‖ / ‖truth − init‖ over all parameters (without spectral norm's u and v and running statistics). */
export function changeErrors(
  ours: ReadonlyMap<string, NdArray>,
  truth: ReadonlyMap<string, NdArray>,
  init: ReadonlyMap<string, NdArray>,
): Map<string, number> {
  const sums = new Map<string, { off: number; moved: number }>();
  for (const [key, final] of truth) {
    if (isBuffer(key)) continue;
    const sum = sums.get(networkOf(key)) ?? { off: 0, moved: 0 };
    sum.off += distance(key, ours.get(key), final) ** 2;
    sum.moved += distance(key, init.get(key), final) ** 2;
    sums.set(networkOf(key), sum);
  }
  return new Map([...sums].map(([network, { off, moved }]) => [network, ratio(Math.sqrt(off), Math.sqrt(moved))]));
}

/** Relative errors that are always allowed: of losses, of the first gradients, and of the change of the weights. */
export const trainingBase = { losses: 1e-3, firstGradient: 1e-3, change: 2e-2 } as const;
/** At most four times the published code's own float32 error, or the base where that is more. */
export function trainingTolerance(quantity: keyof typeof trainingBase, float32Error: number | undefined): number {
  return Math.max(trainingBase[quantity], 4 * (float32Error ?? 0));
}

/** What a run of ours gave. Leave out what was not computed; names are the file's. */
export interface OurRun {
  /** By step. */
  readonly losses: readonly Readonly<Record<string, number>>[];
  /** Gradients of the first step by official name. */
  readonly firstGradients?: { readonly dis: ReadonlyMap<string, NdArray>; readonly gen: ReadonlyMap<string, NdArray> };
  /** Parameters after the last step by official name. */
  readonly final?: ReadonlyMap<string, NdArray>;
}

/** One line of a report. */
export interface Verdict {
  /** `losses step 0`, `gradient dis/dis_a.…`, `change gen_a`. */
  readonly name: string;
  /** The largest error found. */
  readonly error: number;
  /** The largest error allowed. */
  readonly allowed: number;
  /** Whether the error is allowed. */
  readonly passed: boolean;
}

/** Judges all that `ours` has against the file. */
export function judgeTrainingRun(run: TrainingRun, ours: OurRun): Verdict[] {
  const verdicts: Verdict[] = [];
  const judge = (name: string, error: number, allowed: number): void => {
    verdicts.push({ name, error, allowed, passed: error <= allowed });
  };
  run.steps.forEach((step, i) => {
    judge(`losses step ${i}`, lossesError(ours.losses[i] ?? {}, step.losses), trainingTolerance('losses', run.float32Error.losses[i]));
  });
  for (const phase of ['dis', 'gen'] as const) {
    if (ours.firstGradients === undefined) break;
    for (const [key, error] of firstGradientErrors(ours.firstGradients[phase], run.firstGradients[phase])) {
      judge(`gradient ${phase}/${key}`, error, trainingTolerance('firstGradient', run.float32Error.firstGradients.get(`${phase}/${key}`)));
    }
  }
  if (ours.final !== undefined) {
    for (const [network, error] of changeErrors(ours.final, run.final, run.init)) {
      judge(`change ${network}`, error, trainingTolerance('change', run.float32Error.change.get(network)));
    }
  }
  return verdicts;
}

const networkOf = (key: string): string => key.slice(0, key.indexOf('.'));
const isBuffer = (key: string): boolean => /(weight_u|weight_v|running_mean|running_var|num_batches_tracked)$/.test(key);
const ratio = (a: number, b: number): number => (a === 0 ? 0 : a / b);

function norm({ data }: NdArray): number {
  let sum = 0;
  for (const value of data) sum += value * value;
  return Math.sqrt(sum);
}

/** ‖ours − truth‖; Infinity where a value is NaN. An absent tensor counts as zeros. */
function distance(key: string, ours: NdArray | undefined, truth: NdArray): number {
  if (ours !== undefined && ours.data.length !== truth.data.length) {
    throw new RangeError(`'${key}' has the shape [${ours.shape.join(', ')}], but must have [${truth.shape.join(', ')}].`);
  }
  let sum = 0;
  for (let i = 0; i < truth.data.length; i++) sum += ((ours?.data[i] ?? 0) - (truth.data[i] as number)) ** 2;
  return Number.isNaN(sum) ? Infinity : Math.sqrt(sum);
}
