/** The addon that `scripts/tensorflow.mjs` builds: TensorFlow's binding for Node on a TensorFlow of today, in a folder of its own. */
import type { KernelBackend } from '@tensorflow/tfjs-core';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { cacheFolder } from '../cacheFolder.js';
import { Unavailable } from '../driver.js';
import type { Addon } from '../platformTypes.js';

/** The form of the folder; a folder of another form has to be rebuilt. */
const format = 1;

/** Where an addon is looked for: MUNIT_TENSORFLOW_ADDON, else the cache folder of the user. Set but empty, it means no addon. */
export function addonFolder(environment: Readonly<Record<string, string | undefined>>): string {
  return environment['MUNIT_TENSORFLOW_ADDON'] ?? join(cacheFolder(environment), 'tensorflow');
}

/** The addon of this user, or undefined. @throws Unavailable when MUNIT_TENSORFLOW_ADDON names a folder without an addon, or with an outdated one */
export function findAddon(environment: Readonly<Record<string, string | undefined>>, buildCommand: string): Addon | undefined {
  const folder = addonFolder(environment);
  if (folder === '') return undefined;
  const path = join(folder, 'addon.json');
  if (!existsSync(path)) {
    if (environment['MUNIT_TENSORFLOW_ADDON'] === undefined) return undefined;
    throw new Unavailable(`MUNIT_TENSORFLOW_ADDON names ${folder}, which has no addon.json`, `Build the addon there: ${buildCommand} --out ${folder}`);
  }
  const found = JSON.parse(readFileSync(path, 'utf8')) as Omit<Addon, 'folder'> & { readonly format: number };
  if (found.format !== format) {
    throw new Unavailable(`the addon in ${folder} was built for another version of munit`, `Rebuild it: ${buildCommand} --out ${folder}`);
  }
  return { folder, tensorflow: found.tensorflow, gpu: found.gpu };
}

/** What tfjs-node's files export, as much as is used. */
interface BackendModule {
  readonly NodeJSKernelBackend: new (binding: unknown, packageName: string) => KernelBackend;
}

/**
 * Loads the addon's library and registers the binding's kernels.
 *
 * The binding's own files stay as they are published. They ask for '@tensorflow/tfjs', all of TensorFlow.js; the folder answers with
 * an empty module, which is filled here with the one TensorFlow.js core of this process.
 */
export function loadAddon({ folder, gpu }: Addon): KernelBackend {
  const own = createRequire(import.meta.url);
  const inside = createRequire(join(folder, 'tfjs-node', 'package.json'));
  Object.assign(inside('@tensorflow/tfjs') as object, own('@tensorflow/tfjs-core'));
  const binding: unknown = inside(join(folder, 'tfjs_binding.node'));
  inside('./dist/register_all_kernels.js');
  const { NodeJSKernelBackend } = inside('./dist/nodejs_kernel_backend.js') as BackendModule;
  return new NodeJSKernelBackend(binding, gpu ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node');
}
