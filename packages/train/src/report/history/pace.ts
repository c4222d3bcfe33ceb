/** How fast a run is: not its last steps alone, which may have waited for another program or for a picture of the run to be drawn. */
import type { StepEvent } from '../../events.js';

/** The speed of the newest steps. */
export interface Pace {
  /** Time of a step, milliseconds: the median of the newest logs, each the mean of its steps. */
  readonly stepMs: number;
  /** The part of those steps' time that was spent waiting for images, 0 to 1. */
  readonly waiting: number;
  /** How many steps those logs cover. */
  readonly steps: number;
}

interface Log {
  readonly step: number;
  readonly steps: number;
  readonly stepMs: number;
  readonly dataWaitMs: number;
}

/** Logs that count: enough that a few slow ones do not show, and few enough to follow a machine that has become slower. */
const LOGS = 21;

/** Follows the speed of a run through its steps. */
export class PaceHistory {
  #logs: Log[] = [];
  #at = 0;

  /** A start of the run, perhaps on another machine: what was before does not count. */
  start(step: number): void {
    this.#logs = [];
    this.#at = step;
  }

  /** What came after `step` is done again. */
  rewind(step: number): void {
    this.#logs = this.#logs.filter((log) => log.step <= step);
    this.#at = step;
  }

  push({ step, stepMs, dataWaitMs }: StepEvent): void {
    this.#logs = [...this.#logs.slice(1 - LOGS), { step, steps: Math.max(1, step - this.#at), stepMs, dataWaitMs }];
    this.#at = step;
  }

  /** undefined before the first log. */
  pace(): Pace | undefined {
    if (this.#logs.length === 0) return undefined;
    const sorted = this.#logs.map(({ stepMs }) => stepMs).sort((a, b) => a - b);
    const middle = (sorted.length - 1) / 2;
    const total = (of: (log: Log) => number): number => this.#logs.reduce((sum, log) => sum + of(log), 0);
    const all = total(({ stepMs, steps }) => stepMs * steps);
    return {
      stepMs: (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2,
      waiting: all === 0 ? 0 : total(({ dataWaitMs, steps }) => dataWaitMs * steps) / all,
      steps: total(({ steps }) => steps),
    };
  }
}
