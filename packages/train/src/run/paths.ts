import { join } from 'node:path';

/** Where everything of a run lies. */
export interface RunPaths {
  readonly folder: string;
  readonly manifest: string;
  readonly config: string;
  readonly lock: string;
  readonly checkpoints: string;
  readonly samples: string;
  readonly tensorboard: string;
  readonly losses: string;
  readonly events: string;
  readonly report: string;
  /** The trained generators for use and sharing (see `@munit/formats`). */
  readonly model: string;
}

export const runPaths = (folder: string): RunPaths => ({
  folder,
  manifest: join(folder, 'run.json'),
  config: join(folder, 'config.yaml'),
  lock: join(folder, 'run.lock'),
  checkpoints: join(folder, 'checkpoints'),
  samples: join(folder, 'samples'),
  tensorboard: join(folder, 'tensorboard'),
  losses: join(folder, 'losses.csv'),
  events: join(folder, 'events.jsonl'),
  report: join(folder, 'report.html'),
  model: join(folder, 'model'),
});
