/** Models on disk. */
import { mkdir, readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkOptions } from '@munit/core';
import { ModelSourceError } from '../errors.js';
import { loadModel as loadAnywhere, loadModelFrom, type LoadModelOptions, type ModelSource } from '../model/load.js';
import { packModel } from '../model/pack.js';
import type { Model, WeightsDtype } from '../model/types.js';
import { folderSource } from './folder.js';
import { removeLeftovers, writeFileAtomically, writeNewFolder } from './writeFiles.js';

/** Options of `writeModel`. */
export interface WriteModelOptions {
  /** Precision of the weights. Default float32. */
  readonly dtype?: WeightsDtype | undefined;
  /** Replace the model in a folder that has one. Default false. */
  readonly overwrite?: boolean | undefined;
}

/**
 * Writes a model folder. A new folder appears whole or not at all; in a folder that exists each file is replaced whole,
 * the manifest last, so that a crash in between is noticed by the integrity check. What an earlier, killed attempt left is removed.
 * @throws ModelSourceError when the folder is not empty and `overwrite` is not set, or cannot be written
 */
export async function writeModel(path: string, model: Model, options: WriteModelOptions = {}): Promise<void> {
  checkOptions('writeModel', options, { dtype: true, overwrite: true });
  const folder = resolve(path);
  const files = await packModel(model, { dtype: options.dtype });
  for (const path of [dirname(folder), folder]) removeLeftovers(path);
  const present = await readdir(folder).catch(() => undefined);
  if (present !== undefined && present.length > 0 && options.overwrite !== true) {
    throw new ModelSourceError(`${folder} is not empty.`, { remedy: { id: 'overwrite', text: 'Give another folder, or set overwrite to replace the model in it.' } });
  }
  try {
    if (present === undefined) {
      await mkdir(dirname(folder), { recursive: true });
      await writeNewFolder(folder, files);
      return;
    }
    const order = [...files].sort(([x], [y]) => Number(x.endsWith('.json')) - Number(y.endsWith('.json')));
    for (const [name, bytes] of order) await writeFileAtomically(join(folder, name), bytes);
  } catch (cause) {
    throw new ModelSourceError(`The model cannot be written to ${folder}.`, { cause, remedy: 'Check the space and the permissions there.' });
  }
}

/** `loadModel` that also takes paths: a folder, its `model.json`, or one `.safetensors` or `.pt` file. @throws as `loadModel` */
export async function loadModel(source: ModelSource, options: LoadModelOptions = {}): Promise<Model> {
  if (source instanceof URL && source.protocol === 'file:') return loadModelFrom(await folderSource(fileURLToPath(source)), options);
  if (typeof source !== 'string' || /^(https?|blob|data|hf):/.test(source)) {
    // Set but empty means unset, as in Hugging Face's own libraries.
    const endpoint = options.endpoint ?? (process.env['HF_ENDPOINT'] || undefined);
    return loadAnywhere(source, { ...options, ...(endpoint === undefined ? {} : { endpoint }) });
  }
  return loadModelFrom(await folderSource(source), options);
}
