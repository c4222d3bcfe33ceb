/** Which model a command means. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RunFolderError } from '@munit/core';
import { packModel } from '@munit/formats';
import { modelOfRun, openCheckpoints, runPaths } from '@munit/train/node';
import { UsageError } from './errors.js';
import { checkpointOf } from './values.js';

/** What `loadTranslator` and `convertModel` take, and how people name it. */
export interface ModelChoice {
  readonly source: string | Uint8Array;
  readonly name: string;
}

interface Manifest {
  readonly training?: { readonly steps?: unknown };
}

/** Of a model folder, unchecked (loading checks it); undefined for anything else. */
function manifestOf(folder: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8')) as Manifest;
  } catch {
    return undefined;
  }
}

/**
 * A run folder stands for the model that the run left; where its checkpoints are newer, or one is chosen, for that checkpoint.
 * Everything else is as it is given.
 * @throws UsageError when a checkpoint is chosen, but the model is not a run; RunFolderError when the run has none, or there is nothing at all
 */
export async function chooseModel(given: string, checkpoint: string | undefined): Promise<ModelChoice> {
  const remote = /^(https?|hf|data|blob):/.test(given);
  if (!remote && !existsSync(given)) throw new RunFolderError(`${given} does not exist.`, { remedy: 'Give a run folder, a model folder, a .safetensors or a .pt file.' });
  const paths = runPaths(given);
  if (remote || !existsSync(paths.manifest)) {
    if (checkpoint !== undefined) throw new UsageError(`--checkpoint chooses one of a run, and ${given} is not a run folder.`, 'Leave it out, or give a run folder.');
    return { source: given, name: given };
  }
  const newest = openCheckpoints(paths.checkpoints, { readOnly: true }).list().at(-1)?.step ?? -1;
  const left = manifestOf(paths.model);
  if (checkpoint === undefined && left !== undefined && Number(left.training?.steps ?? 0) >= newest) {
    return { source: paths.model, name: paths.model };
  }
  const { step, model } = await modelOfRun({ run: given, checkpoint: checkpointOf(checkpoint ?? 'latest') });
  const weights = (await packModel(model)).get('model.safetensors')!;
  return { source: weights, name: `${given} at step ${step}` };
}
