import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a user types to build the addon: the script of this very package, or, from a bundle, the package's command. */
export function buildCommand(): string {
  const script = ownScript();
  if (script === undefined || !existsSync(script)) return 'npx --package @munit/core munit-tensorflow';
  const near = relative(process.cwd(), script);
  return `node ${near.startsWith('..') ? script : near}`;
}

/**
 * Where the script lies if this file is where it was published. No `new URL(…, import.meta.url)`: bundlers take that for a file to bundle. In a bundle of
 * CommonJS there is no `import.meta.url`.
 */
function ownScript(): string | undefined {
  const here: string | undefined = import.meta.url;
  if (typeof here !== 'string' || !here.startsWith('file:')) return undefined;
  return join(dirname(fileURLToPath(here)), '..', '..', '..', 'scripts', 'tensorflow.mjs');
}
