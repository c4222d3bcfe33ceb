/** Losses over the steps, as the chart draws them. */
import type { StepEvent } from '@munit/train';

/** The curves: each the mean of the terms that it stands for. `fool` is the generators' adversarial loss, `judge` that of the discriminators. */
export const curves = [
  { id: 'image', terms: ['loss_gen_recon_x_a', 'loss_gen_recon_x_b'] },
  { id: 'content', terms: ['loss_gen_recon_c_a', 'loss_gen_recon_c_b'] },
  { id: 'style', terms: ['loss_gen_recon_s_a', 'loss_gen_recon_s_b'] },
  { id: 'fool', terms: ['loss_gen_adv_a', 'loss_gen_adv_b'] },
  { id: 'judge', terms: ['loss_dis_a', 'loss_dis_b'] },
] as const;

export type CurveId = (typeof curves)[number]['id'];
export type Point = Readonly<Record<CurveId, number>>;

export function pointOf({ terms }: Pick<StepEvent, 'terms'>): Point {
  const entries = curves.map(({ id, terms: names }) => [id, names.reduce((sum, name) => sum + (terms[name] ?? Number.NaN), 0) / names.length]);
  return Object.fromEntries(entries) as Point;
}

/** Points by rising step; beyond a limit every second of the older half goes. */
export class LossHistory {
  readonly #limit: number;
  #steps: number[] = [];
  #points: Point[] = [];

  constructor(limit = 3000) {
    this.#limit = limit;
  }

  get length(): number {
    return this.#steps.length;
  }

  add(step: number, point: Point): void {
    // A run that went back to a checkpoint: what came after it never happened.
    while (this.#steps.length > 0 && (this.#steps.at(-1) as number) >= step) {
      this.#steps.pop();
      this.#points.pop();
    }
    this.#steps.push(step);
    this.#points.push(point);
    if (this.#steps.length <= this.#limit) return;
    const half = this.#limit / 2;
    const stays = (_: unknown, i: number): boolean => i >= half || i % 2 === 0;
    this.#steps = this.#steps.filter(stays);
    this.#points = this.#points.filter(stays);
  }

  clear(): void {
    this.#steps = [];
    this.#points = [];
  }

  all(): { readonly steps: readonly number[]; readonly points: readonly Point[] } {
    return { steps: [...this.#steps], points: [...this.#points] };
  }

  /** Steps, then each curve smoothed by an exponential mean over about `window` points. */
  series(window = Math.min(50, 1 + this.#points.length / 20)): [number[], ...number[][]] {
    const keep = 1 - 1 / Math.max(1, window);
    const smoothed = curves.map(({ id }) => {
      let mean: number | undefined;
      return this.#points.map((point) => {
        const value = point[id];
        if (Number.isFinite(value)) mean = mean === undefined ? value : keep * mean + (1 - keep) * value;
        return mean ?? Number.NaN;
      });
    });
    return [[...this.#steps], ...smoothed];
  }
}
