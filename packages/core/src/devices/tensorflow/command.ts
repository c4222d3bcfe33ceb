import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a user types to build the addon: the script of this very package, or, from a bundle, the package's command. */
export function buildCommand(): string {
  const script = fileURLToPath(new URL('../../../scripts/tensorflow.mjs', import.meta.url));
  if (!existsSync(script)) return 'npx --package @munit/core munit-tensorflow';
  const near = relative(process.cwd(), script);
  return `node ${near.startsWith('..') ? script : near}`;
}
