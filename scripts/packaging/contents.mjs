import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What a package must hold, and what must not have slipped in.
 * @param {string} folder The project in which they are installed.
 * @param {readonly import('../lib/workspace.mjs').Workspace[]} packages
 */
export function checkContents(folder, packages) {
  return packages.flatMap(({ path, manifest: { name } }) => {
    const installed = join(folder, 'node_modules', name);
    const files = readdirSync(installed, { recursive: true, encoding: 'utf8' });
    // A licence notice or a changelog beside the sources belongs into the package.
    const wanted = ['LICENSE', 'README.md', ...['NOTICE', 'CHANGELOG.md'].filter((file) => existsSync(join(path, file)))];
    const missing = wanted.filter((file) => !files.includes(file)).map((file) => `${name}: the package has no ${file}.`);
    if (!files.some((file) => /^dist[\\/].*\.js$/.test(file))) missing.push(`${name}: the package has no code in dist: it was packed without having been built.`);
    const strays = files
      .filter((file) => /\.(test|bench)\.|\.tsbuildinfo$|\.safetensors$|^dist[\\/]testing[\\/]|(^|[\\/])\.turbo([\\/]|$)/.test(file))
      .map((file) => `${name}: ${file} does not belong in the package.`);
    const blind = files.filter((file) => file.endsWith('.js.map') && !holdsSources(readFileSync(join(installed, file), 'utf8'))).map((file) => `${name}: ${file} does not hold its sources, so a debugger shows nothing.`);
    return [...missing, ...strays, ...blind];
  });
}

/** Whether a source map holds the text of each source that it names. @param {string} map */
export function holdsSources(map) {
  /** @type {{ sources: string[], sourcesContent?: (string | null)[] }} */
  const { sources, sourcesContent = [] } = JSON.parse(map);
  return sources.every((_, index) => typeof sourcesContent[index] === 'string');
}
