/** Checkpoints of a session in memory, and, where the page can, somewhere that outlives it. */
import type { Score } from '../../loop/best.js';
import type { CheckpointStore, StoredCheckpoint } from '../ports.js';

/** A checkpoint in memory: everything from which a run continues bit for bit. */
export interface MemoryCheckpoint extends StoredCheckpoint {
  /** Whether it is the best so far: by the benchmark, or by the reconstruction losses. */
  readonly best: boolean;
}

/**
 * Holds the latest checkpoint, at first `start`, and hands each one to `keep`.
 * @param onWarning called when a checkpoint could not be kept
 */
export function memoryStore(
  start: StoredCheckpoint | undefined,
  keep: ((checkpoint: MemoryCheckpoint) => Promise<void>) | undefined,
  onWarning: (step: number, message: string) => void,
): CheckpointStore {
  let latest = start;
  let bestScore: Score | undefined;
  return {
    latest: () => Promise.resolve(latest),
    best: () => bestScore,
    async save({ step, bytes, best, score }) {
      latest = { step, bytes };
      if (best) bestScore = score;
      try {
        await keep?.({ step, bytes, best });
      } catch (error) {
        onWarning(step, `The checkpoint could not be kept: ${error instanceof Error ? error.message : String(error)}`);
      }
      return {};
    },
  };
}
