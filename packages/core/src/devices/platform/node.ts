import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { delimiter, join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { cacheFolder } from '../cacheFolder.js';
import { loadAddon } from '../tensorflow/addon.js';
import { buildCommand } from '../tensorflow/command.js';
import { createNodePlatform } from './createNode.js';
import { createFileStore } from './fileStore.js';
import type { Platform } from '../platformTypes.js';

export const platform: Platform = createNodePlatform({
  // An optional peer: the name stays out of bundlers' sight, so that they do not fail where it is not installed.
  importModule: (name) => import(/* @vite-ignore */ /* webpackIgnore: true */ name) as Promise<unknown>,
  isMainThread,
  cores: availableParallelism(),
  environment: process.env,
  lacksVulkan,
  loadAddon,
  versionOf,
  store: createFileStore(() => join(cacheFolder(process.env), 'tiles')),
  get buildCommand() {
    return buildCommand();
  },
});

/** Undefined for a package that has been bundled into the program, say. */
function versionOf(name: string): string | undefined {
  try {
    return (createRequire(import.meta.url)(`${name}/package.json`) as { readonly version: string }).version;
  } catch {
    return undefined;
  }
}

/** Where Linux keeps libraries, besides LD_LIBRARY_PATH. */
const libraryFolders = ['/usr/lib', '/usr/lib64', '/lib', '/lib64', '/usr/local/lib', '/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu'];

function lacksVulkan(): boolean {
  if (process.platform !== 'linux') return false;
  const named = (process.env['LD_LIBRARY_PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return ![...named, ...libraryFolders].some((folder) => existsSync(join(folder, 'libvulkan.so.1')));
}
