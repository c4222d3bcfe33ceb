import { join } from 'node:path';

/** Where everything of a run lies. */
export interface RunPaths {
  /** The run folder itself. */
  readonly folder: string;
  /** `run.json`. */
  readonly manifest: string;
  /** `config.yaml`. */
  readonly config: string;
  /** `run.lock`. */
  readonly lock: string;
  /** `checkpoints/`. */
  readonly checkpoints: string;
  /** `samples/`. */
  readonly samples: string;
  /** `tensorboard/`. */
  readonly tensorboard: string;
  /** `losses.csv`. */
  readonly losses: string;
  /** `metrics.csv`, of a run that is evaluated while it is trained. */
  readonly metrics: string;
  /** `events.jsonl`. */
  readonly events: string;
  /** `report.html`. */
  readonly report: string;
  /** The trained generators for use and sharing (see `@munit/formats`). */
  readonly model: string;
}

/** Where everything in a run folder lies; reads and writes nothing. */
export const runPaths = (folder: string): RunPaths => ({
  folder,
  manifest: join(folder, 'run.json'),
  config: join(folder, 'config.yaml'),
  lock: join(folder, 'run.lock'),
  checkpoints: join(folder, 'checkpoints'),
  samples: join(folder, 'samples'),
  tensorboard: join(folder, 'tensorboard'),
  losses: join(folder, 'losses.csv'),
  metrics: join(folder, 'metrics.csv'),
  events: join(folder, 'events.jsonl'),
  report: join(folder, 'report.html'),
  model: join(folder, 'model'),
});
