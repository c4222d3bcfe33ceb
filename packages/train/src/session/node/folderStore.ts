/** Checkpoints of a session in its run folder. */
import type { CheckpointFile, Checkpoints } from '../../run/checkpoints.js';
import type { RunFolder } from '../../run/folder.js';
import { requireUntrained } from '../../run/folder.js';
import type { Score } from '../../loop/best.js';
import { checkpointFault } from '../checkpoint.js';
import type { CheckpointStore, StoredCheckpoint } from '../ports.js';

/** What the best checkpoint's score is called beside it. `score` was also the unweighted sum of some losses, before losses were weighted: see `scoreOf`. */
const scoreKeys = { metric: 'score', losses: 'reconstruction' } as const satisfies Record<Score['rule'], string>;

/** The best checkpoint's score by whichever rule it has one. */
function scoreOf(metrics: Readonly<Record<string, number>> | undefined): Score | undefined {
  for (const rule of ['losses', 'metric'] as const) {
    const value = metrics?.[scoreKeys[rule]];
    if (value !== undefined) return { rule, value };
  }
  return undefined;
}

/** The checkpoints of a folder as a session uses them. */
export function folderStore(folder: RunFolder, checkpoints: Checkpoints): CheckpointStore {
  const latest = async (): Promise<StoredCheckpoint | undefined> => {
    const found = await checkpoints.latestCheckpoint(({ bytes }) => checkpointFault(bytes));
    if (found === undefined) {
      if (folder.resumed) requireUntrained(folder.paths);
      return undefined;
    }
    checkpoints.discardAfter(found.step);
    return found;
  };
  return {
    latest,
    best: () => scoreOf(checkpoints.best()?.metrics),
    async save({ step, bytes, best, score }): Promise<Pick<CheckpointFile, 'path'>> {
      folder.requireSpace(bytes.byteLength, 'the next checkpoint');
      const { path } = await checkpoints.saveCheckpoint(step, bytes, best && score !== undefined ? { best, metrics: { [scoreKeys[score.rule]]: score.value } } : {});
      return { path };
    },
  };
}
