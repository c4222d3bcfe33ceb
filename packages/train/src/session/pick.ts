import { RunFolderError } from '@munit/core';
import type { Checkpoints, LoadedCheckpoint } from '../run/index.js';

export type CheckpointName = 'best' | 'latest' | number;

/** @throws RunFolderError that names the steps that there are */
export async function pickCheckpoint(checkpoints: Checkpoints, which: CheckpointName, folder: string): Promise<LoadedCheckpoint> {
  const loaded =
    which === 'latest' ? await checkpoints.latestCheckpoint() : which === 'best' ? await checkpoints.bestCheckpoint() : await checkpoints.checkpointAt(which);
  if (loaded !== undefined) return loaded;
  const steps = checkpoints.list().map(({ step }) => step);
  throw new RunFolderError(`The run in ${folder} has no checkpoint '${which}'.`, {
    remedy: steps.length === 0 ? 'Train it first.' : `It has those of the steps ${steps.join(', ')}.`,
  });
}
