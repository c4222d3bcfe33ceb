import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cache, inRoot } from './paths.mjs';

/** The version of pnpm that package.json pins, and nothing else. */
export function pinnedPnpm() {
  /** @type {{ packageManager: string }} */
  const { packageManager } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
  return packageManager.replace(/^pnpm@/, '').replace(/\+.*$/, '');
}

/** Where the pinned pnpm is kept, so that none need be installed globally. */
export const pnpmHome = () => join(cache, `pnpm-${pinnedPnpm()}`);

/** Its executables: turbo looks for `pnpm` on the path. */
export const pnpmBinFolder = () => join(pnpmHome(), 'node_modules', '.bin');
