/** Writes checkpoints without end until it is killed; part of a test. */
import { createHash } from 'node:crypto';
import { openCheckpoints } from '../src/run/checkpoints.js';
import { openRunFolder } from '../src/run/folder.js';

/** Bytes that can be recognised as those of `step`, whole. */
export function contentOf(step: number): Uint8Array {
  const bytes = new Uint8Array(300_000 + (step % 7) * 1000);
  const seed = createHash('sha256').update(String(step)).digest();
  for (let i = 0; i < bytes.length; i++) bytes[i] = seed[i % 32]! ^ (i >>> 8);
  return bytes;
}

async function main(folder: string): Promise<void> {
  const run = openRunFolder(folder, process.argv[3] === 'resume' ? { resume: true } : {});
  if (run.manifest === undefined) run.writeManifest({ seed: 1, config: {}, device: 'none', fromStep: 0 });
  const checkpoints = openCheckpoints(run.paths.checkpoints, { keepLast: 2, keepEvery: 50 });
  const latest = await checkpoints.latestCheckpoint();
  process.stdout.write(`from ${latest?.step ?? 0}\n`);
  for (let step = (latest?.step ?? 0) + 1; ; step++) {
    await checkpoints.saveCheckpoint(step, contentOf(step), { best: step % 3 === 0 });
    process.stdout.write(`saved ${step}\n`);
  }
}

const [, , folder] = process.argv;
if (folder !== undefined && process.argv[1]?.endsWith('writer.mjs')) await main(folder);
