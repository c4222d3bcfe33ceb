/** What a run reports, as the page shows it: losses, samples, pace, remarks. */
import { batch, signal } from '@preact/signals';
import type { StepEvent, TrainEvent } from '@munit/train';
import { LossHistory, pointOf } from './history.js';
import type { Story } from './runs.js';
import { type Shot, shotOf, withShot } from './samples.js';
import { words } from '../words/words.js';

export class RunWatch {
  readonly last = signal<StepEvent | undefined>(undefined);
  /** Milliseconds per step, smoothed. */
  readonly pace = signal<number | undefined>(undefined);
  readonly history = new LossHistory();
  /** Changes whenever `history` does. */
  readonly revision = signal(0);
  readonly shots = signal<readonly Shot[]>([]);
  readonly warnings = signal<readonly string[]>([]);
  /** For people who listen instead of looking: the few moments that matter. */
  readonly message = signal('');
  /** Quarters of the run that were announced. */
  #quarters = 0;
  #steps = 0;

  /** Before a run: nothing, or what an earlier page saw of it. */
  begin(story?: Story): void {
    batch(() => {
      this.last.value = undefined;
      this.pace.value = undefined;
      this.shots.value = story?.shots ?? [];
      this.warnings.value = [];
      this.message.value = words.peek().announced.ready;
      this.history.clear();
      story?.steps.forEach((step, i) => this.history.add(step, story.points[i]!));
      this.revision.value++;
    });
    this.again();
  }

  /** Before more steps of the same run. */
  again(): void {
    this.#quarters = 0;
    this.#steps = 0;
  }

  story(): Story {
    return { ...this.history.all(), shots: this.shots.peek() };
  }

  warn(message: string): void {
    const { warnings } = this;
    warnings.value = [...warnings.value.filter((other) => other !== message), message].slice(-20);
  }

  take(event: TrainEvent): void {
    if (event.kind === 'step') this.#takeStep(event);
    else if (event.kind === 'sample') this.shots.value = withShot(this.shots.value, shotOf(event));
    else if (event.kind === 'warning') this.warn(event.message);
    else if (event.kind === 'nonFinite' && event.action === 'restored') {
      this.warn(words.peek().announced.notNumber(event.step, event.restoredStep ?? 0));
    }
  }

  #takeStep(event: StepEvent): void {
    this.history.add(event.step, pointOf(event));
    batch(() => {
      this.last.value = event;
      // The first step sets everything up and says nothing about the others.
      if (this.#steps++ > 0) this.pace.value = this.pace.value === undefined ? event.stepMs : 0.9 * this.pace.value + 0.1 * event.stepMs;
      this.revision.value++;
    });
    const quarter = Math.floor((4 * event.step) / event.totalSteps);
    if (quarter > this.#quarters && quarter < 4) this.message.value = words.peek().announced.quarter(25 * quarter, event.step);
    this.#quarters = Math.max(this.#quarters, quarter);
  }
}
