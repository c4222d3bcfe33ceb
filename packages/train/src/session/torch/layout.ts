/** The folder that `munit export-run` writes and `munit_torch` trains in: where its parts lie, and what they say. */
import { join } from 'node:path';
import type { Domain } from '@munit/core';
import * as z from 'zod';

/** What `run.json` of the folder calls its format; `munit_torch` reads no other one. */
export const RUN_FORMAT = 'munit-torch-run-1';
/** What its checkpoints call theirs. */
export const STATE_FORMAT = 'munit-torch-state-1';

/** Where everything of an exported run lies. */
export interface TorchPaths {
  readonly folder: string;
  readonly run: string;
  readonly checkpoints: string;
  readonly images: string;
  readonly events: string;
  /** What run folders were given from here. */
  readonly imported: string;
}

export const torchPaths = (folder: string): TorchPaths => ({
  folder,
  run: join(folder, 'run.json'),
  checkpoints: join(folder, 'checkpoints'),
  images: join(folder, 'images'),
  events: join(folder, 'events.jsonl'),
  imported: join(folder, 'imported.json'),
});

/** One domain's description of its pixels, relative to the folder. */
export const imagesFileOf = (domain: Domain): string => `images/${domain}.json`;
/** One domain's pixels. */
export const pixelsFileOf = (domain: Domain): string => `images/${domain}.bytes`;

/** What `run.json` holds, as far as munit reads it again. */
export const torchRunSchema = z.object({
  format: z.literal(RUN_FORMAT),
  /** The version of munit that wrote it. */
  munit: z.string(),
  /** The step that was exported, and the SHA-256 of that checkpoint as the run had it. */
  step: z.int().min(0),
  checkpoint: z.string(),
  config: z.json(),
});
/** `run.json` of an exported run. */
export type TorchRun = z.output<typeof torchRunSchema>;
