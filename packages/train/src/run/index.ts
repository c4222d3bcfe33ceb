export { removeTemporaries, writeFileAtomic, writeFileAtomicSync } from './atomic.js';
export type { BestMark } from './bestMark.js';
export {
  type CheckpointFile,
  type CheckpointInspection,
  type CheckpointPolicy,
  type Checkpoints,
  type LoadedCheckpoint,
  openCheckpoints,
  type SaveCheckpointOptions,
} from './checkpoints.js';
export { runFolderError } from './errors.js';
export { openRunFolder, type OpenRunOptions, requireUntrained, type RunFolder } from './folder.js';
export { type LockOwner, readLock } from './lock.js';
export { readManifest, type RunManifest, type RunSession, type SessionStart } from './manifest.js';
export { type RunPaths, runPaths } from './paths.js';
