import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the site's sources. */
export const docs = fileURLToPath(new URL('..', import.meta.url));
const packages = join(docs, '..', 'packages');

/**
 * @typedef {object} Entry
 * @property {string} name What a program imports: `@munit/core/channel`.
 * @property {string} source The file that it is.
 * @property {string} module That file below `packages`, without its ending, as typedoc names it.
 * @property {string} page Its page below `api`, without ending.
 * @property {string} description The package's, for its main entry.
 */

/** The entries of all published packages. @returns {Entry[]} */
export function apiEntries() {
  return readdirSync(packages).sort().flatMap((folder) => {
    /** @type {{ name: string, private?: boolean, description: string, exports?: Record<string, string | Record<string, string>> }} */
    const manifest = JSON.parse(readFileSync(join(packages, folder, 'package.json'), 'utf8'));
    if (manifest.private === true) return [];
    return Object.entries(manifest.exports ?? {}).flatMap(([path, target]) => {
      const source = typeof target === 'string' ? undefined : target['@munit/source'];
      if (source === undefined) return [];
      const name = `${manifest.name}${path.slice(1)}`;
      return [
        {
          name,
          source: join(packages, folder, source),
          module: `${folder}/${source.replace(/^\.\//, '').replace(/(\/index)?\.tsx?$/, '')}`,
          page: name.replace(/^@munit\//, '').replaceAll('/', '-'),
          description: path === '.' ? manifest.description : '',
        },
      ];
    });
  });
}
